package io.wadi.ingest.deduplication;

import io.wadi.kafka.topics.Topic;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** An event of a partition of an inbox: a record that was read from the inbox, or a {@link DirectEvent}. */
interface InboxEvent {

    /** Returns the digest of the event's id ({@link Digest#ofId}). */
    Digest id();

    /** Returns the digest of the event's content ({@link Digest#ofEvent}). */
    Digest content();

    /** Returns a hash of the event's sender ({@link InboxRecords#sender}). */
    int sender();

    /** Returns the time by which windows are measured, in milliseconds since 1970. */
    long timeMs();

    /** Returns the partition of the topic that the event requests; -1 if it requests none. */
    int partition();

    /** Returns the record for the topic. */
    ProducerRecord<Object, Object> forward();

    /** A record that was read from the inbox. Unless it is valid, only its time and partition can be read. */
    record Read(Topic topic, ConsumerRecord<byte[], ByteBuffer> record) implements InboxEvent {
        @Override
        public Digest id() {
            return Digest.ofId(topic.name(), record.key());
        }

        @Override
        public Digest content() {
            return InboxRecords.digest(record.headers(), record.value());
        }

        @Override
        public int sender() {
            return InboxRecords.sender(record.key());
        }

        @Override
        public long timeMs() {
            return record.timestamp();
        }

        @Override
        public int partition() {
            return InboxRecords.partition(record);
        }

        @Override
        public ProducerRecord<Object, Object> forward() {
            return InboxRecords.forward(topic, record);
        }
    }
}
