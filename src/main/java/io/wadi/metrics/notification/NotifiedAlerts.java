package io.wadi.metrics.notification;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The alerts that one Alertmanager has accepted, and the plan of the next requests: changed alerts, and all alerts once
 * per resend interval, always with their newest state. After a failed request, the next ones are half as large, and its
 * alerts are sent after all others, so that an alert for which every request fails does not delay others. Times are
 * milliseconds of a monotonic clock. Not thread-safe.
 */
final class NotifiedAlerts {
    private final long resendMs;
    private final int maxAlerts;
    private final Map<String, Entry> sent = new HashMap<>();
    /**
     * Keys of alerts in a rejected request. Each is sent in its own request, after all others, until it is accepted.
     */
    private final Set<String> isolated = new HashSet<>();

    /** Keys of alerts whose last request failed, in the order of the failures. */
    private final Set<String> failed = new LinkedHashSet<>();

    private final Queue<KnownAlert> planned = new ArrayDeque<>();
    private final Queue<KnownAlert> plannedAlone = new ArrayDeque<>();
    /** The alerts per request: halved by each failed request, doubled by each accepted one up to the maximum. */
    private int requestSize;

    private volatile int unsent;

    private record Entry(KnownAlert alert, long at) {}

    NotifiedAlerts(long resendMs, int maxAlerts) {
        this.resendMs = resendMs;
        this.maxAlerts = maxAlerts;
        this.requestSize = maxAlerts;
    }

    /**
     * Plans the requests that are due: first changed alerts, then alerts to be sent again, then those whose request
     * failed, then isolated ones.
     */
    void plan(List<KnownAlert> known, long now) {
        retainOnly(known);
        dropPlan();
        long round = now - now % resendMs;
        int changed = 0;
        List<KnownAlert> again = new ArrayList<>();
        Map<String, KnownAlert> retried = new HashMap<>();
        Map<String, KnownAlert> retriedAlone = new HashMap<>();
        for (KnownAlert alert : known) {
            String key = alert.key();
            Entry last = sent.get(key);
            boolean isChanged = last == null || !last.alert.equals(alert);
            if (!isChanged && last.at >= round) {
                continue;
            }
            boolean isAlone = isolated.contains(key);
            changed += isChanged && !isAlone ? 1 : 0;
            if (failed.contains(key)) {
                (isAlone ? retriedAlone : retried).put(key, alert);
            } else if (isAlone) {
                plannedAlone.add(alert);
            } else {
                (isChanged ? planned : again).add(alert);
            }
        }
        unsent = changed;
        planned.addAll(again);
        failed.stream().map(retried::get).filter(Objects::nonNull).forEach(planned::add);
        failed.stream().map(retriedAlone::get).filter(Objects::nonNull).forEach(plannedAlone::add);
    }

    /** Removes and returns the alerts of the next request of the plan; empty if a new plan is needed. */
    List<KnownAlert> next() {
        if (planned.isEmpty()) {
            return plannedAlone.isEmpty() ? List.of() : List.of(plannedAlone.remove());
        }
        List<KnownAlert> next = new ArrayList<>();
        while (next.size() < requestSize && !planned.isEmpty()) {
            next.add(planned.remove());
        }
        return next;
    }

    private void dropPlan() {
        planned.clear();
        plannedAlone.clear();
    }

    boolean isPlanDone() {
        return planned.isEmpty() && plannedAlone.isEmpty();
    }

    private void retainOnly(List<KnownAlert> known) {
        if (Math.max(sent.size(), Math.max(isolated.size(), failed.size())) > known.size()) {
            Set<String> keys = known.stream().map(KnownAlert::key).collect(Collectors.toSet());
            sent.keySet().retainAll(keys);
            isolated.retainAll(keys);
            failed.retainAll(keys);
        }
    }

    /** Records that Alertmanager accepted alerts. */
    void accepted(List<KnownAlert> alerts, long now) {
        requestSize = Math.min(maxAlerts, 2 * requestSize);
        alerts.forEach(alert -> {
            sent.put(alert.key(), new Entry(alert, now));
            isolated.remove(alert.key());
            failed.remove(alert.key());
        });
    }

    /** Records that a request failed, and drops the plan, because the alerts may have changed before the retry. */
    void failed(List<KnownAlert> alerts) {
        dropPlan();
        requestSize = Math.max(1, alerts.size() / 2);
        List<String> keys = alerts.stream().map(KnownAlert::key).toList();
        keys.forEach(failed::remove);
        failed.addAll(keys);
    }

    /**
     * Records that Alertmanager rejected alerts as invalid. The alerts of a larger request are then planned one by one;
     * a single alert is planned again in the next resend interval.
     */
    void rejected(List<KnownAlert> alerts, long now) {
        alerts.forEach(alert -> {
            isolated.add(alert.key());
            failed.remove(alert.key());
        });
        if (alerts.size() == 1) {
            sent.put(alerts.get(0).key(), new Entry(alerts.get(0), now));
        }
    }

    /** Returns the number of changed alerts in the last plan, without isolated ones. */
    int unsent() {
        return unsent;
    }
}
