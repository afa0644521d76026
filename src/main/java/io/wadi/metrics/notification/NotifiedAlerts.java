package io.wadi.metrics.notification;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one Alertmanager was told, and so what it is to be told next: what has changed, and once in each interval everything.
 * Of an alert that has changed twice before it could be told, only the newest state is. For one thread.
 *
 * <p>Times are in milliseconds of a clock that only goes forward.
 */
final class NotifiedAlerts {
    private final long resendMs;
    private final int most;
    private final Map<String, Entry> told = new HashMap<>();
    /** Keys of alerts that were in a refused request: each is told by itself, after all others, until it is taken. */
    private final Set<String> alone = new HashSet<>();

    private final Queue<List<KnownAlert>> planned = new ArrayDeque<>();
    private volatile int untold;

    private record Entry(KnownAlert alert, long at) {}

    /**
     * Nothing yet.
     *
     * @param most alerts in a request
     */
    NotifiedAlerts(long resendMs, int most) {
        this.resendMs = resendMs;
        this.most = most;
    }

    /** Plans requests for all of this that is due: changes first, what was refused with others last and by itself. */
    void plan(List<KnownAlert> known, long now) {
        forgetOthersThan(known);
        long round = now - now % resendMs;
        List<KnownAlert> changed = new ArrayList<>();
        List<KnownAlert> again = new ArrayList<>();
        List<KnownAlert> single = new ArrayList<>();
        for (KnownAlert alert : known) {
            Entry last = told.get(alert.key());
            boolean isChanged = last == null || !last.alert.equals(alert);
            if (isChanged || last.at < round) {
                boolean isAlone = alone.contains(alert.key());
                (isAlone ? single : isChanged ? changed : again).add(alert);
            }
        }
        untold = changed.size();
        changed.addAll(again);
        planned.clear();
        for (int from = 0; from < changed.size(); from += most) {
            planned.add(changed.subList(from, Math.min(from + most, changed.size())));
        }
        single.forEach(alert -> planned.add(List.of(alert)));
    }

    /** The next request of the plan; nothing where there is none, and a plan is to be made. */
    List<KnownAlert> next() {
        return planned.isEmpty() ? List.of() : planned.remove();
    }

    /** Forgets the plan: what it would tell may be another by the time it can be told. */
    void dropPlan() {
        planned.clear();
    }

    /** Whether a plan is to be made. */
    boolean isPlanDone() {
        return planned.isEmpty();
    }

    private void forgetOthersThan(List<KnownAlert> known) {
        if (told.size() > known.size() || alone.size() > known.size()) {
            Set<String> keys = known.stream().map(KnownAlert::key).collect(Collectors.toSet());
            told.keySet().retainAll(keys);
            alone.retainAll(keys);
        }
    }

    /** Alertmanager has taken them. */
    void taken(List<KnownAlert> alerts, long now) {
        alerts.forEach(alert -> {
            told.put(alert.key(), new Entry(alert, now));
            alone.remove(alert.key());
        });
    }

    /**
     * Alertmanager did not take them, because of what they are. Of several each is told by itself with the next plan; a single
     * one when it is due again.
     */
    void refused(List<KnownAlert> alerts, long now) {
        alerts.forEach(alert -> alone.add(alert.key()));
        if (alerts.size() == 1) {
            told.put(alerts.get(0).key(), new Entry(alerts.get(0), now));
        }
    }

    /** How many had changed and were not told when the last plan was made, but for those that are told by themselves. */
    int untold() {
        return untold;
    }
}
