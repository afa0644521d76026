package io.wadi.kafka.groups;

import io.wadi.runtime.config.Units;
import java.time.Instant;
import org.apache.kafka.clients.admin.OffsetSpec;

/** A start position in a partition. */
public sealed interface ResetTarget {
    record Earliest() implements ResetTarget {}

    record Latest() implements ResetTarget {}

    /** The same offset in all partitions. */
    record Offset(long offset) implements ResetTarget {}

    /** The first record with this timestamp or a later one; the end if there is none. */
    record Time(Instant time) implements ResetTarget {}

    /**
     * Parses {@code earliest}, {@code latest}, an offset, a time such as {@code 2026-11-20T10:00:00Z}, or a duration
     * before now such as {@code 2h}.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    static ResetTarget parse(String text, Instant now) {
        if (text.equals("earliest")) {
            return new Earliest();
        }
        if (text.equals("latest")) {
            return new Latest();
        }
        if (text.matches("\\d{1,18}")) {
            return new Offset(Long.parseLong(text));
        }
        try {
            return new Time(Units.time(text, now));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    ("\"%s\", expected earliest, latest, an offset, a time such as 2026-11-20T10:00:00Z,"
                                    + " or a duration such as 2h")
                            .formatted(text),
                    e);
        }
    }

    /** Returns Kafka's query for the offset. */
    default OffsetSpec spec() {
        if (this instanceof Earliest) {
            return OffsetSpec.earliest();
        }
        return this instanceof Time time ? OffsetSpec.forTimestamp(time.time().toEpochMilli()) : OffsetSpec.latest();
    }
}
