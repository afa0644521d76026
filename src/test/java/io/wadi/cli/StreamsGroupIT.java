package io.wadi.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.kstream.Consumed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of Kafka Streams with the protocol of KIP-1071, in {@code ./wadi groups} and {@code ./wadi lag}. */
@Nightly(
        perChange = {
            "GroupsCommandIT#groupsOfOtherTypes_areListedAndDescribedWithTheirType",
            "GroupsCommandIT#groupWithMembers_isDescribed_andItsResetIsRejected"
        })
class StreamsGroupIT {
    private static final String GROUP = "groups-streams";

    @TempDir
    private Path configuration;

    @TempDir
    private Path state;

    private CommandProcess wadi(String command, String... words) throws Exception {
        return TestedCommand.onKafka(command, configuration).inThisJvm(words);
    }

    private static void send(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            KafkaProbe.send(new ProducerRecord<>(GROUP, 0, null, new byte[1]));
        }
    }

    /**
     * Creates an application that reads records until {@code waiting} reaches zero, and then waits for {@code goOn}.
     */
    private KafkaStreams streams(CountDownLatch waiting, CountDownLatch goOn) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
        settings.put("application.id", GROUP);
        settings.put("client.id", "app");
        settings.put("group.protocol", "streams");
        settings.put("commit.interval.ms", "100");
        settings.put("auto.offset.reset", "earliest");
        settings.put("state.dir", state.toString());
        StreamsBuilder topology = new StreamsBuilder();
        topology.stream(GROUP, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .foreach((key, value) -> waitInTheLast(waiting, goOn));
        return new KafkaStreams(topology.build(), settings);
    }

    private static void waitInTheLast(CountDownLatch waiting, CountDownLatch goOn) {
        waiting.countDown();
        if (waiting.getCount() == 0) {
            await().until(() -> goOn.await(10, TimeUnit.MILLISECONDS));
        }
    }

    @Test
    void groupOfKafkaStreams_isDescribedWithMembersAndLag() throws Exception {
        TopicProbe.create(GROUP, 1);
        send(3);
        CountDownLatch waiting = new CountDownLatch(4);
        CountDownLatch goOn = new CountDownLatch(1);
        try (KafkaStreams streams = streams(waiting, goOn)) {
            streams.start();
            await().until(() -> wadi("groups", "describe", GROUP).out().contains("committed 3,"));
            send(2);
            assertThat(waiting.await(2, TimeUnit.MINUTES)).isTrue();

            assertThat(wadi("groups", "list").out()).contains("Stable                Streams   " + GROUP + "\n");
            assertThat(wadi("groups", "describe", GROUP).out())
                    .startsWith(GROUP + ": Stable, 1 member, streams protocol, coordinator localhost:")
                    .containsPattern(GROUP + "-0: committed 3, Kafka has 0 to 5, lag 2, consumer app-StreamThread-1");
            assertThat(wadi("groups", "members", GROUP).out())
                    .containsPattern("app-StreamThread-1\\S* at /127.0.0.1 \\(.*\\): " + GROUP + "-0\n");
            CommandProcess lag = wadi("lag", "--group", GROUP);
            assertThat(lag.out()).contains(GROUP + ": Stable, streams protocol, 1 member, 2 records behind");
            assertThat(lag.out()).containsPattern(GROUP + "-0: 2 records behind, .*read by app-StreamThread-1");
            assertThat(wadi("groups", "reset", GROUP, "--to", "earliest", "--apply")
                            .out())
                    .contains("Refused: the group has 1 member");
            goOn.countDown();
        }
        await().until(() -> wadi("groups", "describe", GROUP).out().startsWith(GROUP + ": Empty, no members"));
        assertThat(wadi("groups", "reset", GROUP, "--to", "1", "--apply").out()).endsWith(" → set to 1\n");
        assertThat(wadi("groups", "describe", GROUP).out())
                .contains("committed 1, Kafka has 0 to 5, lag 4, no consumer");
    }
}
