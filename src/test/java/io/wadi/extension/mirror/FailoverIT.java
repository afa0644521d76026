package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One cluster is source and target, without MirrorMaker: the copies of its topics begin with {@code A.}. */
class FailoverIT {
    private static final String GROUP = "failover-group";
    private static final String COPIED = "failover-copied";
    private static final String MISSING = "failover-missing";
    private static final String BROKERS = TestServers.shared().ports().kafkaBrokers();

    @Test
    void topicThatTheTargetDoesNotHave_isRefused_orLeftOutOnRequest(@TempDir Path directory) throws Exception {
        KafkaProbe.createTopic(COPIED, 2);
        KafkaProbe.createTopic("A." + COPIED, 1);
        KafkaProbe.createTopic(MISSING, 1);
        commit(new TopicPartition(COPIED, 0), new TopicPartition(COPIED, 1), new TopicPartition(MISSING, 0));
        Path file = file(directory);

        try (Failover failover = failover(file)) {
            assertThat(failover.plan(Set.of(GROUP), Untranslated.REFUSED))
                    .extracting(Step::topic, Step::partition, Step::refused)
                    .containsExactly(
                            tuple("A." + COPIED, 0, true),
                            tuple("A." + COPIED, 1, true),
                            tuple("A." + MISSING, 0, true));
            assertThat(failover.plan(Set.of(GROUP), Untranslated.EARLIEST))
                    .extracting(Step::topic, Step::partition, Step::to, Step::refused)
                    .containsExactly(
                            tuple("A." + COPIED, 0, 0L, false),
                            tuple("A." + COPIED, 1, null, false),
                            tuple("A." + MISSING, 0, null, false));
        }
        CommandProcess refused = command(file);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out())
                .contains(
                        GROUP + "  A." + MISSING + "-0: refused: B does not have it",
                        "MirrorMaker has to create missing partitions first");
        CommandProcess applied = command(file, "--untranslated", "earliest", "--apply");
        assertThat(applied.code()).isZero();
        assertThat(applied.out()).contains(GROUP + "  A." + MISSING + "-0: B does not have it");
        assertThat(committed()).containsEntry(new TopicPartition("A." + COPIED, 0), new OffsetAndMetadata(0));
    }

    private static Failover failover(Path file) throws Exception {
        MirrorFile mirror = MirrorFile.read(file);
        return new Failover(mirror, mirror.flow("A", "B"));
    }

    private static CommandProcess command(Path file, String... options) {
        List<String> words = new ArrayList<>(
                List.of("mirror", "failover", file.toString(), "--from", "A", "--to", "B", "--group", GROUP));
        words.addAll(List.of(options));
        return TestedCommand.run(words.toArray(String[]::new));
    }

    private static void commit(TopicPartition... partitions) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            offsets.put(each, new OffsetAndMetadata(0));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            admin.alterConsumerGroupOffsets(GROUP, offsets).all().get();
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKERS))) {
            return admin.listConsumerGroupOffsets(GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get();
        }
    }

    private static Path file(Path directory) throws Exception {
        return Files.writeString(directory.resolve("mirror.properties"), """
                clusters = A, B
                A.bootstrap.servers = %s
                B.bootstrap.servers = %s
                A->B.enabled = true
                A->B.topics = failover-.*
                """.formatted(BROKERS, BROKERS));
    }
}
