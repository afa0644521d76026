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
 * The alerts that one Alertmanager has accepted, and the plan of the next requests: changed alerts, and all alerts once
 * per resend interval, always with their newest state. Times are milliseconds of a monotonic clock. Not thread-safe.
 */
final class NotifiedAlerts {
    private final long resendMs;
    private final int maxAlerts;
    private final Map<String, Entry> sent = new HashMap<>();
    /**
     * Keys of alerts in a rejected request. Each is sent in its own request, after all others, until it is accepted.
     */
    private final Set<String> isolated = new HashSet<>();

    private final Queue<List<KnownAlert>> planned = new ArrayDeque<>();
    private volatile int unsent;

    private record Entry(KnownAlert alert, long at) {}

    NotifiedAlerts(long resendMs, int maxAlerts) {
        this.resendMs = resendMs;
        this.maxAlerts = maxAlerts;
    }

    /** Plans the requests that are due: first changed alerts, then alerts to be sent again, then isolated ones. */
    void plan(List<KnownAlert> known, long now) {
        retainOnly(known);
        long round = now - now % resendMs;
        List<KnownAlert> changed = new ArrayList<>();
        List<KnownAlert> again = new ArrayList<>();
        List<KnownAlert> single = new ArrayList<>();
        for (KnownAlert alert : known) {
            Entry last = sent.get(alert.key());
            boolean isChanged = last == null || !last.alert.equals(alert);
            if (isChanged || last.at < round) {
                boolean isAlone = isolated.contains(alert.key());
                (isAlone ? single : isChanged ? changed : again).add(alert);
            }
        }
        unsent = changed.size();
        changed.addAll(again);
        planned.clear();
        for (int from = 0; from < changed.size(); from += maxAlerts) {
            planned.add(changed.subList(from, Math.min(from + maxAlerts, changed.size())));
        }
        single.forEach(alert -> planned.add(List.of(alert)));
    }

    /** Removes and returns the next request of the plan; empty if a new plan is needed. */
    List<KnownAlert> next() {
        return planned.isEmpty() ? List.of() : planned.remove();
    }

    /** Drops the plan after a failure, because the alerts may have changed before the retry. */
    void dropPlan() {
        planned.clear();
    }

    boolean isPlanDone() {
        return planned.isEmpty();
    }

    private void retainOnly(List<KnownAlert> known) {
        if (sent.size() > known.size() || isolated.size() > known.size()) {
            Set<String> keys = known.stream().map(KnownAlert::key).collect(Collectors.toSet());
            sent.keySet().retainAll(keys);
            isolated.retainAll(keys);
        }
    }

    /** Records that Alertmanager accepted alerts. */
    void accepted(List<KnownAlert> alerts, long now) {
        alerts.forEach(alert -> {
            sent.put(alert.key(), new Entry(alert, now));
            isolated.remove(alert.key());
        });
    }

    /**
     * Records that Alertmanager rejected alerts as invalid. The alerts of a larger request are then planned one by one;
     * a single alert is planned again in the next resend interval.
     */
    void rejected(List<KnownAlert> alerts, long now) {
        alerts.forEach(alert -> isolated.add(alert.key()));
        if (alerts.size() == 1) {
            sent.put(alerts.get(0).key(), new Entry(alerts.get(0), now));
        }
    }

    /** Returns the number of changed alerts in the last plan, without isolated ones. */
    int unsent() {
        return unsent;
    }
}
