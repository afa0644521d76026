package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wadi.ingest.send.SenderIds;
import io.wadi.kafka.Producers;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InboxRecordsTest {
    private static final Topic TOPIC = Topics.parse("""
                    topics:
                      - {name: t, partitions: 3, deduplicate: {within: 1s}, ingest: {over: [events]}}
                    """).find("t").orElseThrow();
    private static final IdLimit LIMIT = new IdLimit(100, 100);

    @Test
    void sender_isDerivedFromTheRecordsId_withoutCollisions() {
        String longId = "x".repeat(600);

        assertThat(sender("a", "1")).isEqualTo(sender("a", "2~3#")).isNotEqualTo(sender("b", "1"));
        assertThat(sender(null, "1")).isEqualTo(sender(null, "a~1")).isNotEqualTo(sender("a", "1"));
        assertThat(sender("a", longId))
                .isEqualTo(sender("b", longId))
                .isNotEqualTo(sender(null, "1"))
                .isNotEqualTo(sender("#", "1"));
    }

    static Stream<Arguments> recordsOfOthers() {
        String partition = "wadi-inbox-partition";
        String timestamp = "wadi-inbox-timestamp";
        return Stream.of(
                arguments(partition, new byte[] {0, 0, 0, 3}, " is 3, but the last partition of the topic is 2"),
                arguments(partition, new byte[] {-1, 0, 0, 0}, ": expected a number from 0 of 4 bytes"),
                arguments(partition, new byte[] {0, 1}, ": expected a number from 0 of 4 bytes"),
                arguments(partition, new byte[8], ": expected a number from 0 of 4 bytes"),
                arguments(partition, null, ": expected a number from 0 of 4 bytes"),
                arguments(timestamp, new byte[] {-1, 0, 0, 0, 0, 0, 0, 0}, ": expected a number from 0 of 8 bytes"),
                arguments(timestamp, new byte[4], ": expected a number from 0 of 8 bytes"),
                arguments(timestamp, null, ": expected a number from 0 of 8 bytes"));
    }

    @ParameterizedTest
    @MethodSource("recordsOfOthers")
    void foreignRecord_isADeadLetter(String header, byte[] value, String reason) {
        ConsumerRecord<byte[], ByteBuffer> record = withId();
        record.headers().add(header, value);

        DeduplicatedBatch batch = new DeduplicatedBatch(
                TOPIC,
                0,
                3,
                new FirstEvents(LIMIT),
                LIMIT,
                new DeadLetterSender("dead", Producers::inMemory),
                "deduplication");
        batch.add(List.of(new InboxEvent.Read(TOPIC, record)), Map.of());

        assertThat(batch.records()).isEmpty();
        assertThat(batch.answers(List.of())).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.topic()).isEqualTo("dead");
            assertThat(new String(
                            deadLetter
                                    .headers()
                                    .lastHeader("__connect.errors.exception.message")
                                    .value(),
                            UTF_8))
                    .isEqualTo("header " + header + reason);
        });
    }

    @Test
    void ingestRecord_keepsPartitionAndTimestamp() {
        RecordHeaders headers = new RecordHeaders();
        headers.add(new SenderIds(null).header("1"));
        ProducerRecord<Object, Object> inbox =
                InboxRecords.of(TOPIC, new ProducerRecord<>("t", 2, 1_700_000_000_000L, null, null, headers));
        ConsumerRecord<byte[], ByteBuffer> record =
                new ConsumerRecord<>("t.inbox", 0, 0, (byte[]) inbox.key(), ByteBuffer.allocate(0));
        inbox.headers().forEach(record.headers()::add);

        assertThat(InboxRecords.invalid(record, 3)).isNull();
        ProducerRecord<Object, Object> forwarded = InboxRecords.forward(TOPIC, record);
        assertThat(forwarded.partition()).isEqualTo(2);
        assertThat(forwarded.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(InboxRecords.invalid(withId(), 0)).isNull();
    }

    private static ConsumerRecord<byte[], ByteBuffer> withId() {
        Header id = new SenderIds(null).header("1");
        ConsumerRecord<byte[], ByteBuffer> record =
                new ConsumerRecord<>("t.inbox", 0, 0, id.value(), ByteBuffer.allocate(0));
        record.headers().add(id);
        return record;
    }

    private static int sender(String caller, String id) {
        byte[] key = new SenderIds(caller).header(id).value();
        return InboxRecords.sender(key);
    }

    /** An event may be sent to the inbox, and its retry bypass it. */
    @Test
    void digestOfARecordOfTheTopic_equalsThatOfItsInboxRecord() {
        ProducerRecord<Object, Object> record = new ProducerRecord<>("t", 2, 5L, bytes("key"), bytes("a"));
        record.headers().add(new SenderIds(null).header("1")).add("traceparent", bytes("00-1"));
        record.headers().add("b", bytes("2")).add("a", bytes("1"));
        ProducerRecord<Object, Object> empty = new ProducerRecord<>("t", null, null);
        empty.headers().add(new SenderIds(null).header("1"));

        assertThat(InboxRecords.digest(record)).isEqualTo(digest(record)).isNotEqualTo(InboxRecords.digest(empty));
        assertThat(InboxRecords.digest(empty))
                .isEqualTo(InboxRecords.digest(InboxRecords.of(TOPIC, empty).headers(), null));
    }

    @Test
    void digest_coversKeyValueTimestampAndHeaders_butNotTraceIdAndPartition() {
        Digest first = digest(record("k1", "a"));

        assertThat(digest(with("ce_type", "order"))).isNotEqualTo(first).isEqualTo(digest(with("ce_type", "order")));
        assertThat(digest(with("ce_type", "order"))).isNotEqualTo(digest(with("ce_type", "refund")));
        assertThat(digest(with("traceparent", "00-1"))).isEqualTo(first);
        assertThat(digest(with("wadi-attempts", "1"))).isEqualTo(first);
        assertThat(digest(record("k2", "a"))).as("another id").isEqualTo(first);
        assertThat(digest(new ProducerRecord<>("t", 2, bytes("key"), bytes("a"))))
                .isEqualTo(first);
        assertThat(digest(new ProducerRecord<>("t", 2, 5L, bytes("key"), bytes("a"))))
                .isNotEqualTo(first);
        assertThat(digest(new ProducerRecord<>("t", 2, null, bytes("a")))).isNotEqualTo(first);
        ProducerRecord<Object, Object> one = with("a", "1");
        one.headers().add("b", bytes("2"));
        ProducerRecord<Object, Object> other = with("b", "2");
        other.headers().add("a", bytes("1"));
        assertThat(digest(one)).as("in any order").isEqualTo(digest(other));
    }

    private static ProducerRecord<Object, Object> with(String header, String value) {
        ProducerRecord<Object, Object> record = record("k1", "a");
        record.headers().add(header, bytes(value));
        return record;
    }

    private static Digest digest(ProducerRecord<Object, Object> record) {
        return InboxRecords.digest(InboxRecords.of(TOPIC, record).headers(), ByteBuffer.wrap((byte[]) record.value()));
    }

    private static ProducerRecord<Object, Object> record(String id, String value) {
        ProducerRecord<Object, Object> record = new ProducerRecord<>("t", bytes("key"), bytes(value));
        record.headers().add("wadi-id", bytes(id));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
