package io.wadi.local.soak;

import java.util.List;
import java.util.Map;

/**
 * How long after a fault all went on, in seconds from its begin; NaN where it did not before the run's end.
 *
 * @param fault which
 * @param began when, since the begin of the run
 * @param ended when what was frozen went on, or what was ended was started again
 * @param receipts until receipts were back at 0.9 of what was offered; 0 where they did not fall below
 * @param landed until all that Kafka had when it began was landed
 * @param indexed until all of that was indexed
 */
record Recovery(Fault fault, double began, double ended, double receipts, double landed, double indexed) {
    private static final double ENOUGH = 0.9;
    /** Seconds that are looked at together. */
    private static final int AT_ONCE = 3;
    /** Seconds after a fault in which it is noticed. */
    private static final int SOON = 5;

    /** Works out what became of a fault; takes what was seen, in the order of time. */
    static Recovery of(Fault fault, double began, double ended, List<Traffic> traffic, List<Look> looks) {
        Map<Integer, Long> inKafka = looks.stream()
                .filter(each -> each.second() <= began && !each.inKafka().isEmpty())
                .reduce((first, second) -> second)
                .map(Look::inKafka)
                .orElse(Map.of());
        double landed = Double.NaN;
        double indexed = Double.NaN;
        for (Look each : looks) {
            if (each.second() > began && Double.isNaN(landed) && Look.reaches(each.landed(), inKafka)) {
                landed = each.second() - began;
            }
            if (each.second() > began && Double.isNaN(indexed) && Look.reaches(each.indexed(), inKafka)) {
                indexed = each.second() - began;
            }
        }
        return new Recovery(fault, began, ended, receipts(began, ended, traffic), landed, indexed);
    }

    private static double receipts(double began, double ended, List<Traffic> traffic) {
        boolean fell = false;
        for (int i = 0; i + AT_ONCE <= traffic.size(); i++) {
            List<Traffic> some = traffic.subList(i, i + AT_ONCE);
            double second = some.get(0).second();
            boolean enough = some.stream().mapToDouble(Traffic::receipts).sum()
                    >= ENOUGH * some.stream().mapToDouble(Traffic::offered).sum();
            if (fell && enough) {
                return second - began;
            }
            if (!fell && second > ended + SOON) {
                return 0;
            }
            fell |= second >= Math.floor(began) && !enough;
        }
        return fell ? Double.NaN : 0;
    }
}
