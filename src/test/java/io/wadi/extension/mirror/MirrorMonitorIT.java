package io.wadi.extension.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.extension.mirror.MirrorReport.PartitionState;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitor of a mirror without MirrorMaker, so that no record is copied. */
class MirrorMonitorIT {
    private static final String TOPIC = "mirror-monitor";
    /** One partition more than one measurement reads timestamps of. */
    private static final int PARTITIONS = UncopiedRecords.MAX_READ + 1;

    private final AdjustableClock clock = new AdjustableClock(Instant.now());

    @Test
    @Nightly(perChange = {"UncopiedRecordsTest", "MirrorReportTest"})
    void uncopiedRecord_ofAnyPartition_waitsAtLeastSinceItWasSeen(@TempDir Path directory) throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        long ahead = clock.instant().plus(Duration.ofHours(1)).toEpochMilli();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, partition, ahead, null, new byte[1]));
        }
        try (MirrorMonitor monitor = new MirrorMonitor(file(directory), clock)) {
            FlowState first = monitor.measure().flows().get(0);
            assertThat(first.lag()).isEqualTo(PARTITIONS);
            assertThat(first.lagMs()).isZero();
            assertThat(MirrorText.of(first)).contains(PARTITIONS + " records not copied, the first for at least 0.0 s");

            Duration later = Duration.ofMinutes(10);
            clock.pass(later);
            FlowState second = monitor.measure().flows().get(0);
            assertThat(second.partitions()).extracting(PartitionState::lagMs).containsOnly(later.toMillis());
            assertThat(MirrorText.of(second)).contains(PARTITIONS + " records not copied, the first for 10m");
        }
    }

    /** Operators remove an alias by sending its tombstone. */
    @Test
    void removedAlias_isStoredAgain(@TempDir Path directory) throws Exception {
        TopicProbe.create(KnownClusters.TOPIC, 1);
        KafkaProbe.send(new ProducerRecord<>(KnownClusters.TOPIC, 0, "A".getBytes(UTF_8), "former".getBytes(UTF_8)));
        KafkaProbe.send(new ProducerRecord<>(KnownClusters.TOPIC, 0, "A".getBytes(UTF_8), null));
        MirrorFile file = file(directory);

        try (ClusterClients target = new ClusterClients(file, "B")) {
            assertThat(new KnownClusters().formerId(target, "A", "new")).isEmpty();
            assertThat(new KnownClusters().formerId(target, "A", "newer")).contains("new");
        }
    }

    /**
     * Returns a mirror file with twice the same cluster; this is a problem of the flow, but does not affect its
     * lag.
     */
    private static MirrorFile file(Path directory) throws Exception {
        String brokers = TestServers.shared().ports().kafkaBrokers();
        return MirrorFile.read(
                Files.writeString(directory.resolve("mirror.properties"), """
                        clusters = A, B
                        A.bootstrap.servers = %s
                        B.bootstrap.servers = %s
                        A->B.enabled = true
                        A->B.topics = %s
                        """.formatted(brokers, brokers, TOPIC)));
    }
}
