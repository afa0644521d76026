package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.TimestampLimits;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Records that their topic does not accept: if Kafka or the producer rejected one, the flow would stop. */
class TopicLimitsTest {
    @AutoClose
    private TopologyDriver streams;

    @Test
    void tooLargeRecord_isADeadLetter() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - map: {simple: "${body}${body}"}
                to: out
                """);

        streams.send("in", "k", "x".repeat(600_000), 0).send("in", "k", "y", 1);

        assertThat(streams.read("out")).containsExactly("k=yy");
        assertThat(streams.rejections())
                .singleElement()
                .asString()
                .isEqualTo("to: the record would have 1200201 bytes, but out accepts 1048588 (max-message, or 33 MiB)");
    }

    @Test
    void recordTooLargeForARequest_isADeadLetter_thoughItsTopicAcceptsIt() {
        TopicLimits.Accepted large = new TopicLimits.Accepted(64 << 20, TimestampLimits.NONE, false);
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - map: {simple: "${body}${body}"}
                to: out
                """, new TopicLimits(Map.of(), Map.of("out", large)));

        streams.send("in", "k", "x".repeat(17_500_000), 0).send("in", "k", "y", 1);

        assertThat(streams.read("out")).containsExactly("k=yy");
        assertThat(streams.rejections())
                .containsExactly(
                        "to: the record would have 35002265 bytes, but out accepts 34603008 (max-message, or 33 MiB)");
    }

    @Test
    void recordWithATimestampThatItsTopicRejects_isADeadLetter() {
        long hourMs = Duration.ofHours(1).toMillis();
        TopicLimits.Accepted hours = new TopicLimits.Accepted(
                1000, TimestampLimits.of("CreateTime", String.valueOf(2 * hourMs), String.valueOf(hourMs)), false);
        streams = TopologyDriver.of("""
                from: in
                to: out
                """, new TopicLimits(Map.of(), Map.of("out", hours)));

        streams.send("in", "old", "x", -2 * 3600).send("in", "ahead", "x", 3600).send("in", "now", "x", 0);

        assertThat(streams.read("out")).containsExactly("now=x");
        assertThat(streams.rejections())
                .containsExactly(
                        "to: timestamp %d is more than 115m old, which out does not accept"
                                .formatted(TopologyDriver.START.toEpochMilli() - 2 * hourMs),
                        "to: timestamp %d is more than 55m ahead of the server's clock, which out does not accept"
                                .formatted(TopologyDriver.START.toEpochMilli() + hourMs));
    }

    @Test
    void recordWithoutAKeyForACompactedTopic_isADeadLetter() {
        TopicLimits.Accepted keyed = new TopicLimits.Accepted(1000, TimestampLimits.NONE, true);
        streams = TopologyDriver.of("""
                from: in
                to: out
                """, new TopicLimits(Map.of(), Map.of("out", keyed)));

        streams.send("in", null, "x", 0).send("in", "k", "y", 1);

        assertThat(streams.read("out")).containsExactly("k=y");
        assertThat(streams.rejections())
                .containsExactly("to: the record has no key, but out is compacted: add a select-key step before");
    }
}
