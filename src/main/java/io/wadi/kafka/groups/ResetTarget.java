package io.wadi.kafka.groups;

import io.wadi.runtime.config.Units;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.apache.kafka.clients.admin.OffsetSpec;

/** Where something is to begin in a partition: at its first record, at its end, at an offset, or at a time. */
public sealed interface ResetTarget {
    /** The first record that Kafka still has. */
    record Earliest() implements ResetTarget {}

    /** After the last one. */
    record Latest() implements ResetTarget {}

    /** One offset, in all partitions the same. */
    record Offset(long offset) implements ResetTarget {}

    /** The first record of this time or later; the end where there is none. */
    record Time(Instant time) implements ResetTarget {}

    /**
     * Reads {@code earliest}, {@code latest}, an offset, a time such as {@code 2026-11-20T10:00:00Z} or a duration such as
     * {@code 2h}, which is so long ago.
     *
     * @throws IllegalArgumentException with what is allowed
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
            return new Time(text.contains(":") ? Instant.parse(text) : now.minus(Units.duration(text)));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is none of earliest, latest, an offset, a time such as 2026-11-20T10:00:00Z, a duration such as 2h"
                            .formatted(text),
                    e);
        }
    }

    /** What Kafka is asked for to know the offset. */
    default OffsetSpec spec() {
        if (this instanceof Earliest) {
            return OffsetSpec.earliest();
        }
        return this instanceof Time time ? OffsetSpec.forTimestamp(time.time().toEpochMilli()) : OffsetSpec.latest();
    }
}
