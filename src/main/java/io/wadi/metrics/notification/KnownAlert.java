package io.wadi.metrics.notification;

import java.time.Instant;
import java.util.List;

/**
 * An alert that Alertmanager should know of. Times are in milliseconds since 1970.
 *
 * @param key its record's key
 * @param startsAt when it began to fire
 * @param endedAt when it was over; 0 while it fires
 * @param heardAt when this was learnt
 * @param facts members of its JSON object, without its braces
 */
record KnownAlert(String key, long startsAt, long endedAt, long heardAt, String facts) {
    /** An alert counts as over when it was not told for as many times the interval of telling it. */
    private static final int MISSED = 4;

    static KnownAlert firing(String key, AlertChange change, long heardAt) {
        return new KnownAlert(key, change.at(), 0, heardAt, change.facts());
    }

    /**
     * It is over. Its end is not in the future, whatever the host's clock says: until then it would count as firing.
     *
     * @param startsAt when it began to fire, as far as that is known
     */
    static KnownAlert over(String key, long startsAt, long endedAt, long heardAt, String facts) {
        long end = Math.min(endedAt, heardAt);
        return new KnownAlert(key, Math.min(startsAt, end), end, heardAt, facts);
    }

    boolean fires() {
        return endedAt == 0;
    }

    /**
     * The body of a request, as Alertmanager's API v2 has it.
     *
     * @param now the time, in milliseconds since 1970
     * @param resendMs how often alerts are told; those that fire end four times that from now, unless they are told again
     */
    static String body(List<KnownAlert> alerts, long now, long resendMs) {
        StringBuilder json = new StringBuilder(512 * alerts.size()).append('[');
        for (KnownAlert alert : alerts) {
            long end = alert.fires() ? Math.max(now, alert.startsAt) + MISSED * resendMs : alert.endedAt;
            json.append(json.length() == 1 ? "{\"startsAt\":\"" : ",{\"startsAt\":\"")
                    .append(Instant.ofEpochMilli(alert.startsAt))
                    .append("\",\"endsAt\":\"")
                    .append(Instant.ofEpochMilli(end))
                    .append("\",")
                    .append(alert.facts)
                    .append('}');
        }
        return json.append(']').toString();
    }
}
