package io.wadi.kafka;

import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The record headers that only Wadi sets. Ingest rejects them over every protocol, so their values come from Wadi or
 * from a producer that Kafka's ACLs allow to write to the topic.
 */
public final class ReservedHeaders {
    /**
     * The id that a client gave an event, as the {@code _id} of the event's document: {@code ~<caller>~<id>}. No topic
     * name contains a tilde, so it differs from every {@code <topic>+<partition>+<offset>}.
     */
    public static final String SENDER_ID = "wadi-id";

    /** The first character of the value of {@link #SENDER_ID}. */
    public static final String SENDER_ID_PREFIX = "~";

    /** The first location of a replayed record, as {@code <topic>+<partition>+<offset>}. */
    public static final String ORIGIN = "wadi-origin";

    /** The number of replays of a record. */
    public static final String ATTEMPTS = "wadi-attempts";

    /** The prefix of the headers that describe a dead letter, as in Kafka Connect. */
    public static final String ERRORS = "__connect.errors.";

    /** The reserved names, for messages. */
    public static final String NAMES = "id, wadi-* and __connect.errors.*";

    private ReservedHeaders() {}

    /**
     * Returns headers for a record that is derived from another one: these headers without those that identify the
     * document of the other record.
     */
    public static Headers withoutIds(Headers headers) {
        if (headers.lastHeader(SENDER_ID) == null && headers.lastHeader(ORIGIN) == null) {
            return headers;
        }
        return new RecordHeaders(headers.toArray()).remove(SENDER_ID).remove(ORIGIN);
    }

    /** Returns whether only Wadi may set a record header of this name, ignoring case. */
    public static boolean isReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("id") || lower.startsWith("wadi-") || lower.startsWith(ERRORS);
    }
}
