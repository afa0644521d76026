package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.event.Event;
import io.wadi.kafka.Producers;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records that must be rejected early, since Kafka would reject their whole batch, with events of other clients, or
 * consumers could not limit their memory.
 */
class RecordFactoryTest {
    private static final Duration MAX_AHEAD = Duration.ofMinutes(55);
    private static final Duration OLDEST = Duration.ofDays(-31);

    private static RecordFactory records(String settings) {
        return new RecordFactory(
                Topics.parse("topics: [{name: t, partitions: 1, ingest: {over: [topics]}%s}]".formatted(settings))
                        .find("t")
                        .orElseThrow(),
                List.of(),
                Producers.inMemory(),
                null,
                "kafka-rest",
                null,
                MAX_AHEAD.toMillis());
    }

    private static Event event(String key, Long timestamp) {
        return new Event(
                key == null ? null : key.getBytes(UTF_8), "1".getBytes(UTF_8), List.of(), null, timestamp, null);
    }

    private static long in(Duration duration) {
        return System.currentTimeMillis() + duration.toMillis();
    }

    @Test
    void timestampTooFarAhead_isRejected() {
        long tooLate = in(MAX_AHEAD.plusMinutes(5));

        assertThatThrownBy(() -> records("").record(event("k", tooLate)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("timestamp %d is more than 55m ahead of the server's clock", tooLate);
        assertThatThrownBy(() -> records(", timestamp: create").record(event("k", Long.MAX_VALUE)))
                .isInstanceOf(InvalidRecordException.class);
    }

    /** Each of these days could be an index, of the thousand that a node of Elasticsearch allows. */
    @Test
    void timestampOlderThanAMonth_isRejected_unlessTheTopicAllowsAnyAge() {
        long tooOld = in(OLDEST.minusMinutes(5));

        assertThatThrownBy(() -> records("").record(event("k", tooOld)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("timestamp %d is more than 31d old", tooOld);
        assertThatThrownBy(() -> records(", timestamp: create").record(event("k", 0L)))
                .isInstanceOf(InvalidRecordException.class);
        RecordFactory any = records(", config: {message.timestamp.before.max.ms: 9223372036854775807}");
        assertThat(any.record(event("k", 0L)).timestamp()).isZero();
    }

    @Test
    void timestampOlderThanTheTopicAllows_isRejected() {
        RecordFactory records = records(", config: {message.timestamp.before.max.ms: 3600000}");
        long tooOld = in(Duration.ofMinutes(-58));
        long old = in(Duration.ofMinutes(-50));

        assertThatThrownBy(() -> records.record(event("k", tooOld)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("timestamp %d is more than 55m old", tooOld);
        assertThatThrownBy(() -> records.record(event("k", 0L))).isInstanceOf(InvalidRecordException.class);
        assertThat(records.record(event("k", old)).timestamp()).isEqualTo(old);
    }

    @Test
    void timestampsWithinTheLimit_areKept() {
        for (Long timestamp : new Long[] {null, in(OLDEST.plusMinutes(5)), in(MAX_AHEAD.minusMinutes(5))}) {
            assertThat(records("").record(event("k", timestamp)).timestamp()).isEqualTo(timestamp);
        }
        // Kafka replaces the timestamp.
        assertThat(records(", timestamp: append").record(event("k", Long.MAX_VALUE)))
                .isNotNull();
    }

    @Test
    void replayedEvent_requiresAKeyToo_inACompactedTopic() {
        Topic compacted = Topics.parse("topics: [{name: t, partitions: 1, ingest: {over: [topics]}, cleanup: compact}]")
                .find("t")
                .orElseThrow();

        assertThatThrownBy(() -> RecordFactory.record(compacted, event(null, null), List.of(), Producers.inMemory()))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("the topic is compacted, and the event has no key: send one");
    }

    /** No poll of a consumer can count such a record, and its headers compress well. */
    @Test
    void longHeadersWithoutKeyAndValue_areRejected() {
        List<Header> one = List.of(new RecordHeader("a", new byte[8100]));
        List<Header> many = Collections.nCopies(56, new RecordHeader("", null));
        byte[] some = {1};

        for (List<Header> headers : List.of(one, many)) {
            assertThatThrownBy(() -> records("").record(new Event(null, null, headers, null, null, null)))
                    .isInstanceOf(InvalidRecordException.class)
                    .hasMessage("the headers or attributes are too long for an event without key and value: "
                            + "expected at most 8,192 bytes, including 150 for each");
            assertThat(records("").record(new Event(some, null, headers, null, null, null)))
                    .isNotNull();
            assertThat(records("").record(new Event(null, some, headers, null, null, null)))
                    .isNotNull();
        }
        assertThat(records("").record(new Event(null, null, many.subList(0, 54), null, null, null)))
                .isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"compact", "both"})
    void compactedTopic_requiresAKey(String cleanup) {
        RecordFactory records = records(", cleanup: " + cleanup);

        assertThatThrownBy(() -> records.record(event(null, null)))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessage("the topic is compacted, and the event has no key: send one");
        assertThat(records.record(event("k", null)).key()).isEqualTo("k".getBytes(UTF_8));
    }
}
