package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.metrics.alerts.flow.NoDataClocks.Proof;
import io.wadi.metrics.alerts.flow.NoDataMonitor.Reader;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** When a host may be called silent: the hosts' time, for how long they could be heard, and what has to be handled first. */
class NoDataClocksIT {
    private static final long NEWEST = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicLong wall = new AtomicLong(Long.MAX_VALUE);
    private final NoDataClocks silence = new NoDataClocks(() -> Instant.ofEpochMilli(wall.get()), nanos::get);

    @Test
    void time_isTheNewestDocumentsAndWhatHasPassedSince() {
        TaskClock clock = silence.begin("0_0");
        assertThat(clock.now()).as("no document yet").isZero();

        clock.saw(NEWEST);
        pass(5);
        clock.saw(NEWEST - 1);

        assertThat(clock.now()).isEqualTo(NEWEST + 5000);
    }

    @Test
    void time_isNeverAheadOfOurs() {
        wall.set(NEWEST - 60_000);
        TaskClock clock = silence.begin("0_0");

        clock.saw(NEWEST);
        pass(5);

        assertThat(clock.now()).isEqualTo(NEWEST - 60_000);
    }

    @Test
    void hearing_beginsAnewAfterABreak() {
        KafkaAvailability hearing = new KafkaAvailability();
        assertThat(hearing.untilMs(seconds(1))).isZero();

        hearing.answered(seconds(1));
        hearing.answered(seconds(9));
        assertThat(hearing.untilMs(seconds(9))).isEqualTo(8000);

        hearing.answered(seconds(20));
        assertThat(hearing.untilMs(seconds(20))).as("nothing for 11 s").isZero();

        hearing.answered(seconds(25));
        hearing.broke();
        assertThat(hearing.untilMs(seconds(25))).isZero();
        hearing.answered(seconds(26));
        assertThat(hearing.untilMs(seconds(27))).isEqualTo(1000);
        assertThat(hearing.untilMs(seconds(24))).as("before the break").isZero();
    }

    @Test
    void proof_waitsForAllGroupsThatDocumentsPass() throws Exception {
        for (String topic : List.of("silence.all", "silence.cpu")) {
            KafkaProbe.createTopic(topic, 2);
            KafkaProbe.send(new ProducerRecord<>(topic, 1, null, "{}".getBytes(UTF_8)));
        }
        TaskClock clock = silence.begin("0_1");
        clock.saw(NEWEST);
        List<Reader> readers = List.of(
                new Reader("silence-routing", List.of("silence.all")),
                new Reader("silence-alerts", List.of("silence.cpu")));
        try (NoDataMonitor watch = new NoDataMonitor(readers, silence, NoDataClocksIT::settings)) {
            awaitWaitingFor(watch, "group silence-routing, which has not read {silence.all-1=1}");
            pass(7);
            commit("silence-routing", "silence.all");
            awaitWaitingFor(watch, "group silence-alerts, which has not read {silence.cpu-1=1}");
            assertThat(clock.proof()).isEqualTo(Proof.NONE);

            commit("silence-alerts", "silence.cpu");
            await().until(() -> clock.proof().time() == NEWEST + 7000);
            pass(9);
            await().until(() -> clock.proof().time() == NEWEST + 16_000);
            assertThat(clock.proof().heardMs()).isEqualTo(16_000);
            assertThat(watch.waitingFor()).isNull();

            silence.end(clock);
            assertThat(silence.clocks()).isEmpty();
        }
    }

    private static void awaitWaitingFor(NoDataMonitor watch, String what) {
        await().untilAsserted(() -> assertThat(watch.waitingFor()).isEqualTo(what));
    }

    private static void commit(String group, String topic) throws Exception {
        try (Admin admin = Admin.create(settings())) {
            admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 1), new OffsetAndMetadata(1)))
                    .all()
                    .get();
        }
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
        return settings;
    }

    private void pass(int seconds) {
        nanos.addAndGet(seconds(seconds));
    }

    private static long seconds(int seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }
}
