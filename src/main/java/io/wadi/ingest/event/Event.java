package io.wadi.ingest.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;

/**
 * One event of a request: a record to send, or the reason for rejecting it.
 *
 * @param key the record's key; may be null
 * @param value the record's value; null for a tombstone. With a problem, the bytes received, or null if they are not
 *     kept
 * @param headers the record's headers
 * @param partition the partition in the request; null for the topic's partitioner
 * @param timestamp milliseconds since the epoch; null for the time of sending
 * @param problem the reason for the rejection; null if there is none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Event(
        byte[] key, byte[] value, List<Header> headers, Integer partition, Long timestamp, Problem problem) {

    /** Returns an event with only a value. */
    public static Event of(byte[] value) {
        return new Event(null, Objects.requireNonNull(value, "value"), List.of(), null, null, null);
    }

    public static Event invalid(byte[] value, Problem problem) {
        return new Event(
                null,
                Objects.requireNonNull(value, "value"),
                List.of(),
                null,
                null,
                Objects.requireNonNull(problem, "problem"));
    }

    public Event with(Problem found) {
        return new Event(key, value, headers, partition, timestamp, Objects.requireNonNull(found, "problem"));
    }

    /** Returns this event with one more header. */
    public Event with(Header added) {
        List<Header> all = new ArrayList<>(headers);
        all.add(added);
        return new Event(key, value, all, partition, timestamp, problem);
    }

    /** Returns a placeholder for an invalid event, without its bytes. */
    public static Event rejected(Problem problem) {
        return new Event(null, null, List.of(), null, null, Objects.requireNonNull(problem, "problem"));
    }
}
