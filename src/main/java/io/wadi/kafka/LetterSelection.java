package io.wadi.kafka;

import java.time.Instant;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which dead letters are meant; what is null or empty selects all.
 *
 * @param route the route that they failed in
 * @param topic the topic that they came from
 * @param cause a part of the exception's name or message, whatever its case
 * @param since not written before
 * @param until written before
 * @param at where they stand, each as {@code partition:offset}
 */
public record LetterSelection(String route, String topic, String cause, Instant since, Instant until, Set<String> at)
        implements Predicate<Letter> {
    /** All. */
    public static final LetterSelection ALL = new LetterSelection(null, null, null, null, null, Set.of());

    /** Whether it leaves any out. */
    public boolean isAll() {
        return equals(ALL);
    }

    @Override
    public boolean test(Letter letter) {
        return (route == null || route.equals(letter.route()))
                && (topic == null || topic.equals(letter.topic()))
                && (cause == null || contains(letter.kind() + ": " + letter.message(), cause))
                && (since == null || !letter.time().isBefore(since))
                && (until == null || letter.time().isBefore(until))
                && (at.isEmpty() || at.contains(letter.at()));
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(java.util.Locale.ROOT).contains(part.toLowerCase(java.util.Locale.ROOT));
    }
}
