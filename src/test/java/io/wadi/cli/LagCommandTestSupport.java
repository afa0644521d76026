package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.io.TempDir;

/** The {@code lag} command, and groups without members that it reports. */
abstract class LagCommandTestSupport {
    @TempDir
    Path configuration;

    TestedCommand lagOf(String brokers, int management) {
        return new TestedCommand(
                "lag",
                configuration,
                Map.of(
                        "wadi.kafka.brokers",
                        brokers,
                        "wadi.management.port",
                        Integer.toString(management),
                        "wadi.lag.min-commits",
                        "2"));
    }

    CommandProcess lag(String brokers, int management, String... words) throws Exception {
        return lagOf(brokers, management).inThisJvm(words);
    }

    static String shared() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    /** Creates a group without members that has committed two of four records. */
    static void stopped(String name) throws Exception {
        TopicProbe.create(name, 1);
        for (int i = 0; i < 4; i++) {
            KafkaProbe.send(new ProducerRecord<>(name, 0, 1_000_000L, null, new byte[1]));
        }
        commit(name, 1);
        commit(name, 2);
    }

    static void commit(String name, long offset) {
        try {
            GroupProbe.commit(name, new TopicPartition(name, 0), offset);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static InputStream line(String text) {
        return new ByteArrayInputStream((text + "\n").getBytes(UTF_8));
    }
}
