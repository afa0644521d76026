package io.wadi.extension.mirror;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.connect.mirror.Checkpoint;

/** Checkpoints in MirrorMaker's format, committed offsets, and files of a mirror whose target is the shared Kafka. */
abstract class FailoverTestSupport {
    static final String GROUP = "failover-group";
    static final String BROKERS = TestServers.shared().ports().kafkaBrokers();

    static void checkpoint(String topic) throws Exception {
        KafkaProbe.send(checkpoint("C.checkpoints.internal", GROUP, topic));
    }

    /** Returns the record of a checkpoint at offset 0 in MirrorMaker's format. */
    static ProducerRecord<byte[], byte[]> checkpoint(String checkpoints, String group, String topic) {
        return checkpoint(checkpoints, group, topic, 0);
    }

    static ProducerRecord<byte[], byte[]> checkpoint(String checkpoints, String group, String topic, long offset) {
        Struct key = new Struct(Checkpoint.KEY_SCHEMA)
                .set(Checkpoint.CONSUMER_GROUP_ID_KEY, group)
                .set(Checkpoint.TOPIC_KEY, topic)
                .set(Checkpoint.PARTITION_KEY, 0);
        Struct header = new Struct(Checkpoint.HEADER_SCHEMA).set(Checkpoint.VERSION_KEY, Checkpoint.VERSION);
        Struct value = new Struct(Checkpoint.VALUE_SCHEMA_V0)
                .set(Checkpoint.UPSTREAM_OFFSET_KEY, offset)
                .set(Checkpoint.DOWNSTREAM_OFFSET_KEY, offset)
                .set(Checkpoint.METADATA_KEY, "");
        return new ProducerRecord<>(checkpoints, bytes(key), bytes(header, value));
    }

    static byte[] bytes(Struct... structs) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Stream.of(structs).mapToInt(Struct::sizeOf).sum());
        for (Struct each : structs) {
            each.writeTo(bytes);
        }
        return bytes.array();
    }

    static void commit(long offset, TopicPartition... partitions) throws Exception {
        commit(GROUP, offset, partitions);
    }

    static void commit(String group, long offset, TopicPartition... partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            offsets.put(each, new OffsetAndMetadata(offset));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
        }
    }

    static Path file(Path directory, String source, String servers) throws Exception {
        return Files.writeString(directory.resolve("mirror.properties"), """
                clusters = %1$s, B
                %1$s.bootstrap.servers = %2$s
                B.bootstrap.servers = %3$s
                %1$s->B.enabled = true
                %1$s->B.topics = failover-.*
                """.formatted(source, servers, BROKERS));
    }
}
