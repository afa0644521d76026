package io.wadi.local.soak;

import java.util.List;
import java.util.Map;

/**
 * The recovery times after a fault, in seconds since its begin; NaN if it did not recover before the end of the run.
 *
 * @param began the begin of the fault, since the start of the run
 * @param ended the time of the repair
 * @param receipts time until receipts were at 0.9 of the offered rate again; 0 if they did not fall below
 * @param landed time until all records that Kafka had at the begin were landed
 * @param indexed time until all of these records were indexed
 */
record Recovery(Fault fault, double began, double ended, double receipts, double landed, double indexed) {
    private static final double RECOVERED_SHARE = 0.9;
    /** The window in seconds. */
    private static final int WINDOW = 3;
    /** The time in seconds after a fault in which receipts may drop. */
    private static final int DETECTION = 5;

    /** Computes the recovery times from samples ordered by time. */
    static Recovery of(Fault fault, double began, double ended, List<Traffic> traffic, List<ProgressSample> samples) {
        Map<Integer, Long> inKafka = samples.stream()
                .filter(each -> each.second() <= began && !each.inKafka().isEmpty())
                .reduce((first, second) -> second)
                .map(ProgressSample::inKafka)
                .orElse(Map.of());
        double landed = Double.NaN;
        double indexed = Double.NaN;
        for (ProgressSample each : samples) {
            if (each.second() > began && Double.isNaN(landed) && ProgressSample.reaches(each.landed(), inKafka)) {
                landed = each.second() - began;
            }
            if (each.second() > began && Double.isNaN(indexed) && ProgressSample.reaches(each.indexed(), inKafka)) {
                indexed = each.second() - began;
            }
        }
        return new Recovery(fault, began, ended, receipts(began, ended, traffic), landed, indexed);
    }

    private static double receipts(double began, double ended, List<Traffic> traffic) {
        boolean fell = false;
        for (int i = 0; i + WINDOW <= traffic.size(); i++) {
            List<Traffic> some = traffic.subList(i, i + WINDOW);
            double second = some.get(0).second();
            boolean enough = some.stream().mapToDouble(Traffic::receipts).sum()
                    >= RECOVERED_SHARE
                            * some.stream().mapToDouble(Traffic::offered).sum();
            if (fell && enough) {
                return second - began;
            }
            if (!fell && second > ended + DETECTION) {
                return 0;
            }
            fell |= second >= Math.floor(began) && !enough;
        }
        return fell ? Double.NaN : 0;
    }
}
