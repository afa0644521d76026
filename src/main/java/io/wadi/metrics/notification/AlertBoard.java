package io.wadi.metrics.notification;

import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The alerts that fire now and those that are over since a short time, by the keys of their records. Thread-safe.
 *
 * <p>There are no more of them than rules and hosts give; each takes some 600 bytes.
 */
final class AlertBoard {
    /** How long an alert that is over is told, as Prometheus has it. */
    static final long OVER_MS = 15 * 60_000;

    private Map<String, KnownAlert> alerts = new LinkedHashMap<>();
    private long version;

    /**
     * Takes a change that was heard of at this time. An alert that fired and does not any more is over, whatever its record
     * says instead: compaction may have taken away the one that said so.
     *
     * @param change null where the record has no value
     */
    synchronized void take(String key, AlertChange change, long heardAt) {
        KnownAlert known = alerts.get(key);
        if (change != null && change.state() == State.FIRING) {
            put(KnownAlert.firing(key, change, heardAt));
        } else if (known != null && known.fires()) {
            long end = change == null ? heardAt : change.at();
            // With the labels and annotations it was told with: those of a rule that is gone are empty.
            put(KnownAlert.over(key, known.startsAt(), end, heardAt, known.facts()));
        } else if (known == null && change != null && change.state() == State.RESOLVED) {
            put(KnownAlert.over(key, change.since(), change.at(), heardAt, change.facts()));
        }
    }

    private void put(KnownAlert alert) {
        alerts.put(alert.key(), alert);
        version++;
        notifyAll();
    }

    /** Forgets what is over for long. */
    synchronized void forget(long now) {
        alerts.values().removeIf(alert -> !alert.fires() && now - alert.heardAt() > OVER_MS);
    }

    /** Knows from now on what another knows, which is not used any more. */
    synchronized void become(AlertBoard other) {
        synchronized (other) {
            alerts = other.alerts;
        }
        version++;
        notifyAll();
    }

    /** All of them, those that were known first first. */
    synchronized List<KnownAlert> alerts() {
        return new ArrayList<>(alerts.values());
    }

    /** How many fire. */
    synchronized int firing() {
        return (int) alerts.values().stream().filter(KnownAlert::fires).count();
    }

    /** Another number after each change. */
    synchronized long version() {
        return version;
    }

    /**
     * Waits for a change, or until this time is over.
     *
     * @param seen the version that is known
     * @return whether there is another
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
