package io.wadi.management.connectors;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** What only Kafka knows. Its client is made when it is first needed. Thread-safe. */
final class KafkaSnapshot implements AutoCloseable {
    private final Supplier<Properties> settings;
    private Admin admin;
    private String clusterId;

    /** Takes the settings of an admin client, which say how long an answer is waited for. */
    KafkaSnapshot(Supplier<Properties> settings) {
        this.settings = settings;
    }

    /** The cluster's id; asked for until it is known. */
    synchronized String clusterId() throws ConnectException {
        if (clusterId == null) {
            clusterId = ask(() -> admin().describeCluster().clusterId().get());
        }
        return clusterId;
    }

    /** What a group has committed, by topic and partition. */
    SortedMap<TopicPartition, Long> offsets(String group) throws ConnectException {
        Map<TopicPartition, OffsetAndMetadata> found = ask(() -> admin().listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
        SortedMap<TopicPartition, Long> offsets =
                new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        found.forEach((partition, offset) -> {
            if (offset != null) {
                offsets.put(partition, offset.offset());
            }
        });
        return offsets;
    }

    private interface Question<A> {
        A answer() throws ExecutionException, InterruptedException;
    }

    private static <A> A ask(Question<A> question) throws ConnectException {
        try {
            return question.answer();
        } catch (ExecutionException | KafkaException e) {
            throw ConnectException.failed("Kafka did not answer: " + Causes.inShort(Causes.innermost(e)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ConnectException.failed("Kafka was not waited for: interrupted", e);
        }
    }

    private synchronized Admin admin() {
        if (admin == null) {
            admin = Admin.create(settings.get());
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
