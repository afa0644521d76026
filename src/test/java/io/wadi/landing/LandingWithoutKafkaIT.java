package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A restart of the only broker while records are in published and in open files. */
@Nightly(perChange = {"ExactlyOnceOutageIT", "PartitionLanderRecoveryTest#tick_failedCommit_isRetried"})
class LandingWithoutKafkaIT {
    private static final String TOPIC = "landing-broker-restart";
    private static final int ROUNDS = 3;
    private static final int COUNT = 500;

    @AfterAll
    static void start() throws Exception {
        TestServers.shared().kafka().start();
    }

    @Test
    void restartedBroker_eachRecordIsLandedOnce() throws Exception {
        TopicProbe.create(TOPIC, 2);
        try (RunningWadi wadi = RunningWadi.startLanding(
                TOPIC, Map.of("wadi.landing.roll-records", "300", "wadi.landing.roll-interval", "4s"))) {
            for (int round = 0; round < ROUNDS; round++) {
                for (int number = round * COUNT; number < (round + 1) * COUNT; number++) {
                    KafkaProbe.send(new ProducerRecord<>(
                            TOPIC, number % 2, null, Integer.toString(number).getBytes(UTF_8)));
                }
                TestServers.shared().kafka().stop();
                TestServers.shared().kafka().start();
            }
            await().until(() -> HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC) == (long) ROUNDS * COUNT);
        }
        for (int partition = 0; partition < 2; partition++) {
            long next = 0;
            long number = partition;
            for (TopicFiles.Landed file : HdfsProbe.landed("/" + TOPIC, TOPIC)) {
                if (file.partition() == partition) {
                    assertThat(file.first()).isEqualTo(next);
                    next = file.last() + 1;
                    for (String line : file.lines()) {
                        assertThat(line).isEqualTo(Long.toString(number));
                        number += 2;
                    }
                }
            }
            assertThat(next).isEqualTo(ROUNDS * COUNT / 2);
        }
    }
}
