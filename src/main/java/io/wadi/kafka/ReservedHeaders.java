package io.wadi.kafka;

import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The record headers that only Wadi sets. Ingest refuses them from senders over every protocol, so what Wadi reads in them was
 * written by Wadi, or by a producer that Kafka's ACLs let write to the topic.
 */
public final class ReservedHeaders {
    /**
     * The sender's id of an event, as the {@code _id} of its document: {@code ~<caller>~<id>}. No topic name contains a tilde,
     * so it differs from every {@code <topic>+<partition>+<offset>}.
     */
    public static final String SENDER_ID = "wadi-id";

    /** How the value of {@link #SENDER_ID} begins. */
    public static final String SENDER_ID_PREFIX = "~";

    /** Where a replayed record was first, as {@code <topic>+<partition>+<offset>}. */
    public static final String ORIGIN = "wadi-origin";

    /** How often a record has been replayed. */
    public static final String ATTEMPTS = "wadi-attempts";

    /** How the names of all headers begin that describe a dead letter, as Kafka Connect names them. */
    public static final String ERRORS = "__connect.errors.";

    /** What is reserved, for messages. */
    public static final String NAMES = "id, wadi-* and __connect.errors.*";

    private ReservedHeaders() {}

    /** The headers of a record that is made of another one: without those that identify that one's document. */
    public static Headers withoutIds(Headers headers) {
        if (headers.lastHeader(SENDER_ID) == null && headers.lastHeader(ORIGIN) == null) {
            return headers;
        }
        return new RecordHeaders(headers.toArray()).remove(SENDER_ID).remove(ORIGIN);
    }

    /** Whether only Wadi may set a record header of this name, in upper or lower case. */
    public static boolean isReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("id") || lower.startsWith("wadi-") || lower.startsWith(ERRORS);
    }
}
