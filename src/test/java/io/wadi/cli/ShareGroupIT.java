package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A share group (KIP-932) in {@code ./wadi groups} and {@code ./wadi lag}. */
@Nightly(
        perChange = {
            "GroupsCommandIT#groupsOfOtherTypes_areListedAndDescribedWithTheirType",
            "GroupsCommandIT#groupWithMembers_isDescribed_andItsResetIsRejected"
        })
class ShareGroupIT {
    private static final String GROUP = "groups-sharing";

    @TempDir
    private Path configuration;

    private CommandProcess wadi(String command, String... words) throws Exception {
        return TestedCommand.onKafka(command, configuration).inThisJvm(words);
    }

    private static void send(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            KafkaProbe.send(new ProducerRecord<>(GROUP, 0, null, new byte[1]));
        }
    }

    private static KafkaShareConsumer<byte[], byte[]> consumer() {
        KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "group.id",
                        GROUP,
                        "client.id",
                        "worker"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        consumer.subscribe(List.of(GROUP));
        return consumer;
    }

    @Test
    void shareGroup_isDescribedWithMembersAndLag_andResetWithoutMembers() throws Exception {
        TopicProbe.create(GROUP, 1);
        GroupProbe.configure(GROUP, Map.of("share.auto.offset.reset", "earliest"));
        send(3);
        try (KafkaShareConsumer<byte[], byte[]> worker = consumer()) {
            int[] read = {0};
            await().until(() -> {
                read[0] += worker.poll(Duration.ofMillis(100)).count();
                return read[0] == 3;
            });
            assertThat(worker.commitSync()).isNotEmpty();
            send(2);

            await().untilAsserted(() -> assertThat(
                            wadi("groups", "describe", GROUP).out())
                    .startsWith(GROUP + ": Stable, 1 member, share protocol, coordinator localhost:")
                    .containsPattern(GROUP + "-0: committed [0-3], Kafka has 0 to 5, lag 2, consumer worker\n"));
            assertThat(wadi("groups", "members", GROUP).out())
                    .containsPattern("worker at /127.0.0.1 \\(.*\\): " + GROUP + "-0\n");
            CommandProcess lag = wadi("lag", "--group", GROUP);
            assertThat(lag.out()).contains(GROUP + ": Stable, share protocol, 1 member, 2 records behind");
            assertThat(lag.out()).containsPattern(GROUP + "-0: 2 records behind, .*read by worker");
            assertThat(wadi("groups", "reset", GROUP, "--to", "earliest", "--apply")
                            .out())
                    .contains("Refused: the group has 1 member");
        }
        await().until(() -> wadi("groups", "describe", GROUP).out().startsWith(GROUP + ": Empty, no members"));
        assertThat(wadi("groups", "reset", GROUP, "--to", "1", "--apply").out()).endsWith(" → set to 1\n");
        await().untilAsserted(() -> assertThat(wadi("groups", "describe", GROUP).out())
                .contains("committed 1, Kafka has 0 to 5, lag 4, no consumer"));
    }
}
