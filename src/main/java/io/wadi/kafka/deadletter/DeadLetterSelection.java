package io.wadi.kafka.deadletter;

import io.wadi.runtime.config.Units;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which dead letters are meant; what is null or empty selects all.
 *
 * @param route the route that they failed in
 * @param topic the topic that they came from
 * @param cause a part of the exception's name or message, or of {@link DeadLetter#cause}, whatever its case
 * @param since not written before
 * @param until written before
 * @param at where they stand, each as {@code partition:offset}
 */
public record DeadLetterSelection(
        String route, String topic, String cause, Instant since, Instant until, Set<String> at)
        implements Predicate<DeadLetter> {
    /** All. */
    public static final DeadLetterSelection ALL = new DeadLetterSelection(null, null, null, null, null, Set.of());

    /** Whether it leaves any out. */
    public boolean isAll() {
        return equals(ALL);
    }

    @Override
    public boolean test(DeadLetter letter) {
        return (route == null || route.equals(letter.route()))
                && (topic == null || topic.equals(letter.topic()))
                && (cause == null
                        || contains(letter.kind() + ": " + letter.message(), cause)
                        || contains(letter.cause(), cause))
                && (since == null || !letter.time().isBefore(since))
                && (until == null || letter.time().isBefore(until))
                && (at.isEmpty() || at.contains(letter.at()));
    }

    /**
     * A time such as {@code 2026-11-20T10:00:00Z}, or so long ago, such as {@code 2h}.
     *
     * @throws IllegalArgumentException where it is neither: the message says what it is
     */
    public static Instant time(String text) {
        try {
            return text.contains(":") ? Instant.parse(text) : Instant.now().minus(Units.duration(text));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\", not a time such as 2026-11-20T10:00:00Z or a duration such as 2h".formatted(text), e);
        }
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
