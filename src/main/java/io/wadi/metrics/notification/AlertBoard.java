package io.wadi.metrics.notification;

import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The firing and recently resolved alerts by record key, about 600 bytes each. Their number is bounded by rules times
 * hosts, and for each change of a rule's labels those that are resolved by it. Thread-safe.
 */
final class AlertBoard {
    /** How long a resolved alert is sent, as in Prometheus. */
    static final long RESOLVED_RETENTION_MS = 15 * 60_000;

    private Map<String, KnownAlert> alerts = new LinkedHashMap<>();
    private long version;

    /**
     * Applies a change. An alert that was firing is resolved by any other state, because compaction may have removed
     * the record with the state resolved. One that fires with other labels is another alert for Alertmanager: that with
     * the former labels is resolved.
     *
     * @param change null for a tombstone
     */
    synchronized void take(String key, AlertChange change, long receivedAt) {
        KnownAlert known = alerts.get(key);
        if (change != null && change.state() == State.FIRING) {
            KnownAlert firing = KnownAlert.firing(key, change, receivedAt);
            alerts.remove(firing.keyWithLabels());
            if (known != null && !known.labels().equals(firing.labels())) {
                long end = known.isFiring() ? change.at() : known.endedAt();
                put(KnownAlert.resolved(known.keyWithLabels(), known.startsAt(), end, receivedAt, known.fields()));
            }
            put(firing);
        } else if (known != null && known.isFiring()) {
            long end = change == null ? receivedAt : change.at();
            // Keeps the labels and annotations already sent: the record of a removed rule has no annotations.
            put(KnownAlert.resolved(key, known.startsAt(), end, receivedAt, known.fields()));
        } else if (known == null && change != null && change.state() == State.RESOLVED) {
            put(KnownAlert.resolved(key, change.since(), change.at(), receivedAt, change.fields()));
        }
    }

    private void put(KnownAlert alert) {
        alerts.put(alert.key(), alert);
        version++;
        notifyAll();
    }

    /** Removes alerts resolved longer ago than {@link #RESOLVED_RETENTION_MS}. */
    synchronized void forget(long now) {
        alerts.values().removeIf(alert -> !alert.isFiring() && now - alert.receivedAt() > RESOLVED_RETENTION_MS);
    }

    /** Replaces the content by that of another board, which must not be used afterwards. */
    synchronized void replaceWith(AlertBoard other) {
        synchronized (other) {
            alerts = other.alerts;
        }
        version++;
        notifyAll();
    }

    synchronized List<KnownAlert> alerts() {
        return new ArrayList<>(alerts.values());
    }

    synchronized int firing() {
        return (int) alerts.values().stream().filter(KnownAlert::isFiring).count();
    }

    /** Increases with each change. */
    synchronized long version() {
        return version;
    }

    /**
     * Waits until the version differs from {@code seen} or the time is over.
     *
     * @return whether the version differs
     */
    synchronized boolean awaitChange(long seen, long ms) throws InterruptedException {
        long end = System.nanoTime() + ms * 1_000_000;
        long left = ms;
        while (version == seen && left > 0) {
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
        return version != seen;
    }
}
