package io.wadi.kafka.topics;

import io.wadi.kafka.topics.TopicsReport.Change;
import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The format of a {@link TopicsReport} as text: a summary, then every topic. */
public final class TopicsText {
    private TopicsText() {}

    public static List<String> of(TopicsReport report) {
        List<String> lines = new ArrayList<>();
        lines.add(summary(report.topics()));
        lines.add("");
        int width = report.topics().stream()
                .mapToInt(entry -> entry.topic().length())
                .max()
                .orElse(0);
        for (Entry entry : report.topics()) {
            String name = entry.topic();
            for (String line : lines(entry)) {
                lines.add(name + " ".repeat(width + 2 - name.length()) + line);
                name = "";
            }
        }
        if (!report.undeclared().isEmpty()) {
            lines.add("");
            lines.add("Undeclared topics, left unchanged: " + String.join(", ", report.undeclared()));
        }
        return lines;
    }

    private static String summary(List<Entry> topics) {
        long asDeclared = topics.stream().filter(Entry::asDeclared).count();
        return asDeclared == topics.size()
                ? "All %d topics are as declared.".formatted(asDeclared)
                : "%d of %d topics are as declared.".formatted(asDeclared, topics.size());
    }

    private static List<String> lines(Entry entry) {
        Stream<String> state = entry.changes().isEmpty() && entry.rejected().isEmpty()
                ? Stream.of(
                        "as declared: partitions %d, replication %d".formatted(entry.partitions(), entry.replication()))
                : Stream.concat(entry.changes().stream().map(TopicsText::line), entry.rejected().stream());
        return Stream.concat(state, entry.notes().stream()).toList();
    }

    static Stream<String> changes(Entry entry, State state) {
        return entry.changes().stream()
                .filter(change -> change.state() == state)
                .map(TopicsText::line);
    }

    private static String line(Change change) {
        return change.difference()
                + switch (change.state()) {
                    case PLANNED -> " → would " + change.action();
                    case DONE -> " → done: " + change.action();
                    case FAILED -> " → Kafka refused to %s: %s".formatted(change.action(), change.failure());
                };
    }
}
