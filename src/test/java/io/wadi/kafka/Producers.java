package io.wadi.kafka;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;

/** Producers without Kafka. */
public final class Producers {
    private static final Serializer<Object> BYTES = (topic, data) -> (byte[]) data;

    private Producers() {}

    /**
     * Returns a producer that acknowledges each send at once. All of these producers keep their records as a history.
     */
    public static MockProducer<Object, Object> inMemory() {
        return new MockProducer<>(true, null, BYTES, BYTES);
    }

    /** Returns a producer that acknowledges each send at once, also to any of the partitions of this topic. */
    public static MockProducer<Object, Object> inMemory(String topic, int partitions) {
        return new MockProducer<>(cluster(topic, partitions), true, null, BYTES, BYTES);
    }

    private static Cluster cluster(String topic, int partitions) {
        Node broker = new Node(1, "localhost", 1);
        List<PartitionInfo> known = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionInfo(topic, partition, broker, null, null))
                .toList();
        return new Cluster("none", List.of(broker), known, Set.of(), Set.of());
    }

    /** Returns a producer with sends that are completed by the test. */
    public static MockProducer<Object, Object> uncompleted() {
        return new MockProducer<>(false, null, BYTES, BYTES);
    }

    /** Returns a producer with sends that are completed by the test, to any of the partitions of this topic. */
    public static MockProducer<Object, Object> uncompleted(String topic, int partitions) {
        return new MockProducer<>(cluster(topic, partitions), false, null, BYTES, BYTES);
    }

    /** Returns a producer that adds the callback of each send to a queue, to be called by the test. */
    public static MockProducer<Object, Object> uncompleted(Queue<Callback> callbacks) {
        return new MockProducer<>(false, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                callbacks.add(callback);
                return super.send(sent, null);
            }
        };
    }

    /** Returns a producer that acknowledges each send at once, as appended at this time. */
    public static MockProducer<Object, Object> appendingAt(LongSupplier timeMs) {
        return new MockProducer<>(false, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                Future<RecordMetadata> answer = super.send(sent, null);
                callback.onCompletion(
                        new RecordMetadata(
                                new TopicPartition(sent.topic(), 0),
                                0,
                                history().size(),
                                timeMs.getAsLong(),
                                -1,
                                -1),
                        null);
                return answer;
            }
        };
    }

    /** Returns a producer that rejects each record within the send, as one that is too large. */
    public static MockProducer<Object, Object> rejecting() {
        return new MockProducer<>(true, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                RecordTooLargeException error = new RecordTooLargeException("planned");
                callback.onCompletion(null, error);
                return CompletableFuture.failedFuture(error);
            }
        };
    }

    /** Acknowledges each send; what waits for Kafka throws, as on an interrupted thread. */
    public static MockProducer<Object, Object> interrupted() {
        return new MockProducer<>(true, null, BYTES, BYTES) {
            @Override
            public void commitTransaction() {
                throw new InterruptException("planned");
            }

            @Override
            public void abortTransaction() {
                throw new InterruptException("planned");
            }

            @Override
            public void close(Duration timeout) {
                throw new InterruptException("planned");
            }
        };
    }

    /** Returns a producer with sends that return a failed future, as if the topic did not exist. */
    public static MockProducer<Object, Object> withoutMetadata() {
        return new MockProducer<>(true, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                return CompletableFuture.failedFuture(new TimeoutException("no metadata"));
            }

            @Override
            public List<PartitionInfo> partitionsFor(String topic) {
                throw new TimeoutException("no metadata");
            }
        };
    }

    /** Returns a producer with sends that fail, since Kafka never acknowledges them. */
    public static MockProducer<Object, Object> failing() {
        return new MockProducer<>(false, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                Future<RecordMetadata> answer = super.send(sent, callback);
                errorNext(new TimeoutException("no answer"));
                return answer;
            }
        };
    }
}
