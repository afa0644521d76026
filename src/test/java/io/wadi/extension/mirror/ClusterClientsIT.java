package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterClientsIT {
    private static final TopicPartition PARTITION = new TopicPartition("cluster-clients", 0);

    @Test
    void recordThatArrivesDuringARead_isReadByTheNext(@TempDir Path directory) throws Exception {
        TopicProbe.create(PARTITION.topic(), 1);
        for (int i = 0; i < 3; i++) {
            send(60_000); // the reader fetches these one by one
        }
        List<Long> read = new ArrayList<>();
        try (ClusterClients clients = new ClusterClients(file(directory), "A")) {
            Map<TopicPartition, Long> ends = clients.read(Map.of(PARTITION, 0L), each -> {
                read.add(each.offset());
                if (each.offset() == 0) {
                    send(1); // fetched together with offset 2
                }
            });
            assertThat(read).containsExactly(0L, 1L, 2L);

            clients.read(ends, each -> read.add(each.offset()));
            assertThat(read).containsExactly(0L, 1L, 2L, 3L);
        }
    }

    private static MirrorFile file(Path directory) throws Exception {
        String brokers = TestServers.shared().ports().kafkaBrokers();
        return MirrorFile.read(
                Files.writeString(directory.resolve("mirror.properties"), """
                        clusters = A, B
                        A.bootstrap.servers = %s
                        B.bootstrap.servers = %s
                        A->B.enabled = true
                        """.formatted(brokers, brokers)));
    }

    private static void send(int bytes) {
        try {
            KafkaProbe.send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), null, new byte[bytes]));
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
