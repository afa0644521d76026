package io.wadi.kafka.deadletter;

import java.time.Instant;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * A filter of dead letters; null and empty components match all.
 *
 * @param route the route that failed
 * @param topic the topic of the failed record
 * @param cause a filter of the exception's name and message, such as {@link #causeContains}
 * @param since the earliest time of writing, inclusive
 * @param until the end of the time of writing, exclusive
 * @param at locations in the dead-letter topic, each {@code partition:offset}
 */
public record DeadLetterSelection(
        String route, String topic, Predicate<DeadLetter> cause, Instant since, Instant until, Set<String> at)
        implements Predicate<DeadLetter> {
    public static final DeadLetterSelection ALL = new DeadLetterSelection(null, null, null, null, null, Set.of());

    public boolean isAll() {
        return equals(ALL);
    }

    @Override
    public boolean test(DeadLetter deadLetter) {
        return (route == null || route.equals(deadLetter.route()))
                && (topic == null || topic.equals(deadLetter.topic()))
                && (cause == null || cause.test(deadLetter))
                && (since == null || !deadLetter.time().isBefore(since))
                && (until == null || deadLetter.time().isBefore(until))
                && (at.isEmpty() || at.contains(deadLetter.at()));
    }

    /**
     * Limits ranges of the dead-letter topic to those from the first to the last location of each partition; without a
     * location, does nothing.
     *
     * @param from the first offset of each range; partitions without a location are removed
     * @param until the end offset of each range, exclusive
     */
    void limit(Map<TopicPartition, Long> from, Map<TopicPartition, Long> until) {
        if (at.isEmpty()) {
            return;
        }
        Map<Integer, LongSummaryStatistics> offsets = at.stream()
                .map(each -> each.split(":", 2))
                .collect(Collectors.groupingBy(
                        each -> Integer.valueOf(each[0]), Collectors.summarizingLong(each -> Long.parseLong(each[1]))));
        from.keySet().removeIf(each -> !offsets.containsKey(each.partition()));
        from.replaceAll((partition, begin) -> {
            LongSummaryStatistics selected = offsets.get(partition.partition());
            long end = until.get(partition);
            until.put(partition, Math.min(end, selected.getMax() + 1));
            return Math.max(begin, Math.min(end, selected.getMin()));
        });
    }

    /**
     * Returns a filter by a part of the exception's name or message, or of {@link DeadLetter#cause}, ignoring case.
     *
     * @param part null for no filter
     * @param masking returns the text as shown to the client, so that the filter does not disclose masked values
     */
    public static Predicate<DeadLetter> causeContains(String part, UnaryOperator<String> masking) {
        return part == null
                ? null
                : deadLetter -> contains(masking.apply(deadLetter.kind() + ": " + deadLetter.message()), part)
                        || contains(masking.apply(deadLetter.cause()), part);
    }

    /**
     * Parses a location in the dead-letter topic, {@code partition:offset}, and returns it in the form of
     * {@link DeadLetter#at}, without leading zeros.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static String location(String text) {
        if (!text.matches("\\d{1,9}:\\d{1,18}")) {
            throw new IllegalArgumentException("\"%s\", expected a dead letter such as 0:17".formatted(text));
        }
        int colon = text.indexOf(':');
        return Integer.parseInt(text.substring(0, colon)) + ":" + Long.parseLong(text.substring(colon + 1));
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
