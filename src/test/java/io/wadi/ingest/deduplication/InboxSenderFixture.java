package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.Producers;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** A sender with a producer, and the outcomes of the sent events. */
abstract class InboxSenderFixture {
    static final Topics TOPICS = Topics.parse("""
            topics:
              - {name: t, partitions: 2, deduplicate: {within: 1h, without-id: pass}, ingest: {over: [events]}}
              - {name: plain, partitions: 2, ingest: {over: [events]}}
              - name: small
                partitions: 1
                config: {max.message.bytes: 2000}
                deduplicate: {within: 1h}
                ingest: {over: [events]}
            """);
    static final Topic TOPIC = TOPICS.find("t").orElseThrow();
    static final long FIRST_MS = 1_000;
    static final Duration WITHIN = Duration.ofSeconds(10);

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AtomicLong nanoTime = new AtomicLong();
    static final long MAX_BYTES = 3_000;
    final DirectQueues direct = new DirectQueues(5, MAX_BYTES, () -> FIRST_MS);
    final InboxSender sender =
            new InboxSender(TOPICS, Properties::new, Properties::new, () -> direct, WITHIN, meters, nanoTime::get);
    final MockProducer<Object, Object> producer = Producers.uncompleted(TOPIC.inbox(), 1);

    final List<Object> outcomes = new ArrayList<>();

    /** Returns the open queue of all ids; the topic has one partition. */
    DirectQueue own() {
        DirectQueue queue = direct.add(new TopicPartition("t.inbox", 0));
        queue.open();
        return queue;
    }

    /** Acknowledges all sent events, as appended within the window. */
    void acknowledge() {
        boolean isAcknowledged = producer.completeNext();
        while (isAcknowledged) {
            isAcknowledged = producer.completeNext();
        }
    }

    static RecordMetadata appended(long timeMs) {
        return new RecordMetadata(new TopicPartition("t.inbox", 0), 0, 0, timeMs, -1, -1);
    }

    void send(String id, String value) {
        sender.send(producer, record(id, value), this::completed);
    }

    static ProducerRecord<Object, Object> record(String id, String value) {
        ProducerRecord<Object, Object> record = new ProducerRecord<>("t", bytes("key"), bytes(value));
        record.headers().add("wadi-id", bytes(id));
        return record;
    }

    void completed(RecordMetadata location, Exception failure) {
        outcomes.add(failure == null ? location.toString() : failure);
    }

    void answer(Answer answer) {
        sender.pending().answered(TOPIC, TOPIC.deduplication().within().toMillis(), answer);
    }

    static Answer stored(String id, String value, int partition, long offset) {
        return Answer.stored(id(id), new First(partition, offset, FIRST_MS, digest(value), 0));
    }

    static Digest id(String id) {
        return Digest.ofId(TOPIC.name(), bytes(id));
    }

    static Digest digest(String value) {
        return InboxRecords.digest(
                InboxRecords.of(TOPIC, record("any", value)).headers(), ByteBuffer.wrap(bytes(value)));
    }

    int pending() {
        return (int) meters.get("wadi.deduplication.pending.events").gauge().value();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
