package io.wadi.metrics.notification;

import java.time.Instant;
import java.util.List;

/**
 * An alert on the board. Times are in milliseconds since 1970.
 *
 * @param key the key of its record
 * @param startsAt when it began to fire
 * @param endedAt when it was resolved; 0 while it is firing
 * @param receivedAt see {@link AlertBoard#take}
 * @param fields see {@link AlertChange#fields}
 */
record KnownAlert(String key, long startsAt, long endedAt, long receivedAt, String fields) {
    /** Alertmanager resolves an alert that was not sent again for this many resend intervals, as in Prometheus. */
    private static final int RESENDS_BEFORE_END = 4;

    static KnownAlert firing(String key, AlertChange change, long receivedAt) {
        return new KnownAlert(key, change.at(), 0, receivedAt, change.fields());
    }

    /**
     * Creates a resolved alert. Its end is at most the current time, because Alertmanager treats an alert with a future
     * end as firing.
     *
     * @param startsAt when it began to fire, as far as known
     */
    static KnownAlert resolved(String key, long startsAt, long endedAt, long receivedAt, String fields) {
        long end = Math.min(endedAt, receivedAt);
        return new KnownAlert(key, Math.min(startsAt, end), end, receivedAt, fields);
    }

    /** Returns the part of {@link #fields} with the labels, by which Alertmanager identifies the alert. */
    String labels() {
        return fields.substring(0, fields.indexOf("},\"annotations\":"));
    }

    String keyWithLabels() {
        return key + '\n' + labels();
    }

    boolean isFiring() {
        return endedAt == 0;
    }

    /**
     * Returns a request body for Alertmanager's API v2.
     *
     * @param now in milliseconds since 1970
     * @param resendMs the resend interval; a firing alert that is not sent again ends after four intervals
     */
    static String body(List<KnownAlert> alerts, long now, long resendMs) {
        StringBuilder json = new StringBuilder(512 * alerts.size()).append('[');
        for (KnownAlert alert : alerts) {
            long end = alert.isFiring() ? Math.max(now, alert.startsAt) + RESENDS_BEFORE_END * resendMs : alert.endedAt;
            json.append(json.length() == 1 ? "{\"startsAt\":\"" : ",{\"startsAt\":\"")
                    .append(Instant.ofEpochMilli(alert.startsAt))
                    .append("\",\"endsAt\":\"")
                    .append(Instant.ofEpochMilli(end))
                    .append("\",")
                    .append(alert.fields)
                    .append('}');
        }
        return json.append(']').toString();
    }
}
