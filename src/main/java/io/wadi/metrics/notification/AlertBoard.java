package io.wadi.metrics.notification;

import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The firing and recently resolved alerts by record key, about 600 bytes each. Their number is at most rules times
 * hosts, plus the alerts that were resolved because a rule's labels changed. Thread-safe.
 */
final class AlertBoard {
    /** How long a resolved alert is sent, as in Prometheus. */
    static final long RESOLVED_RETENTION_MS = 15 * 60_000;

    private Map<String, KnownAlert> alerts = new LinkedHashMap<>();
    private long version;

    /**
     * Applies a change. Any other state resolves an alert that was firing, because compaction may have removed the
     * record with the state resolved. If an alert fires with changed labels, Alertmanager treats it as a different
     * alert, so the alert with the former labels is resolved.
     *
     * @param change null for a tombstone
     * @param receivedAt when the change was read or, on the initial read of the topic, the timestamp of its record
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
            // Keeps the labels and annotations that were sent: the record of a removed rule has no annotations.
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

    /** Removes alerts that were resolved longer than {@link #RESOLVED_RETENTION_MS} ago. */
    synchronized void removeExpired(long now) {
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

    /** Returns a number that increases with each change. */
    synchronized long version() {
        return version;
    }

    /**
     * Waits until the version differs from {@code seen} or the time has elapsed.
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
