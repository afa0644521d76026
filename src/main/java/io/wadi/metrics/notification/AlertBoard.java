package io.wadi.metrics.notification;

import io.wadi.metrics.alerts.Alert.State;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The firing and recently resolved alerts by record key, about 600 bytes each. The alerts that Wadi writes are at most
 * two for each rule and host, plus those that were resolved because a rule's labels changed; since other producers may
 * write to the topic, their size is limited. Thread-safe.
 */
final class AlertBoard {
    /** How long a resolved alert is sent, as in Prometheus. */
    static final long RESOLVED_RETENTION_MS = 15 * 60_000;

    /** While the topic is read again, two boards have alerts. */
    private static final int HEAP_SHARE = 8;

    /** The objects of an alert, without the characters of its key and fields, and its entries in maps. */
    private static final int BYTES_PER_ALERT = 300;

    private static final int LATIN_1 = 0xff;

    private final long maxBytes;
    private Map<String, KnownAlert> alerts = new LinkedHashMap<>();
    private long bytes;
    private long version;

    AlertBoard(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns a board of at most an eighth of the heap. */
    static AlertBoard ofHeap() {
        return new AlertBoard(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /**
     * Applies a change. Any other state resolves an alert that was firing, because compaction may have removed the
     * record with the state resolved. If an alert fires with changed labels, Alertmanager treats it as a different
     * alert, so the alert with the former labels is resolved.
     *
     * @param change null for a tombstone
     * @param receivedAt when the change was read or, on the initial read of the topic, the timestamp of its record
     * @return false if the board has no space for the alert
     */
    synchronized boolean take(String key, AlertChange change, long receivedAt) {
        KnownAlert known = alerts.get(key);
        if (change != null && change.state() == State.FIRING) {
            KnownAlert firing = KnownAlert.firing(key, change, receivedAt);
            if (!put(firing)) {
                return false;
            }
            bytes -= bytes(alerts.remove(firing.keyWithLabels()));
            if (known == null || known.labels().equals(firing.labels())) {
                return true;
            }
            long end = known.isFiring() ? change.at() : known.endedAt();
            return put(KnownAlert.resolved(known.keyWithLabels(), known.startsAt(), end, receivedAt, known.fields()));
        }
        if (known != null && known.isFiring()) {
            long end = change == null ? receivedAt : change.at();
            // Keeps the labels and annotations that were sent: the record of a removed rule has no annotations.
            return put(KnownAlert.resolved(key, known.startsAt(), end, receivedAt, known.fields()));
        }
        return known != null
                || change == null
                || change.state() != State.RESOLVED
                || put(KnownAlert.resolved(key, change.since(), change.at(), receivedAt, change.fields()));
    }

    private boolean put(KnownAlert alert) {
        KnownAlert former = alerts.get(alert.key());
        long more = bytes(alert) - bytes(former);
        if (more > 0 && bytes + more > maxBytes) {
            return false;
        }
        alerts.put(alert.key(), alert);
        bytes += more;
        version++;
        notifyAll();
        return true;
    }

    private static long bytes(KnownAlert alert) {
        return alert == null ? 0 : BYTES_PER_ALERT + bytes(alert.key()) + bytes(alert.fields());
    }

    private static long bytes(String text) {
        return (text.chars().allMatch(c -> c <= LATIN_1) ? 1L : 2L) * text.length();
    }

    /** Removes alerts that were resolved longer than {@link #RESOLVED_RETENTION_MS} ago. */
    synchronized void removeExpired(long now) {
        for (Iterator<KnownAlert> all = alerts.values().iterator(); all.hasNext(); ) {
            KnownAlert alert = all.next();
            if (!alert.isFiring() && now - alert.receivedAt() > RESOLVED_RETENTION_MS) {
                all.remove();
                bytes -= bytes(alert);
            }
        }
    }

    /** Replaces the content by that of another board, which must not be used afterwards. */
    synchronized void replaceWith(AlertBoard other) {
        synchronized (other) {
            alerts = other.alerts;
            bytes = other.bytes;
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
