package io.wadi.ingest.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;

/**
 * One event as a request brought it: a record to be, or the reason why it is none.
 *
 * @param key the record's key; null for none
 * @param value the record's value; null for none (a tombstone). With a problem, what was sent; null where that is not kept
 * @param headers the record's headers
 * @param partition the partition the sender asks for; null for the topic's partitioner
 * @param timestamp milliseconds since the epoch; null for the time of sending
 * @param problem why it is not taken; null where it may be
 */
@SuppressWarnings("ArrayRecordComponent") // carried on, never compared
public record Event(
        byte[] key, byte[] value, List<Header> headers, Integer partition, Long timestamp, Problem problem) {

    /** An event of this value and nothing else. */
    public static Event of(byte[] value) {
        return new Event(null, Objects.requireNonNull(value, "value"), List.of(), null, null, null);
    }

    /** What was sent as an event and is not as it should be. */
    public static Event invalid(byte[] value, Problem problem) {
        return new Event(
                null,
                Objects.requireNonNull(value, "value"),
                List.of(),
                null,
                null,
                Objects.requireNonNull(problem, "problem"));
    }

    /** This event with what is wrong with it. */
    public Event with(Problem found) {
        return new Event(key, value, headers, partition, timestamp, Objects.requireNonNull(found, "problem"));
    }

    /** This event with one more record header. */
    public Event with(Header added) {
        List<Header> all = new ArrayList<>(headers);
        all.add(added);
        return new Event(key, value, all, partition, timestamp, problem);
    }

    /** What stands where an event should stand, and is none. */
    public static Event refused(Problem problem) {
        return new Event(null, null, List.of(), null, null, Objects.requireNonNull(problem, "problem"));
    }
}
