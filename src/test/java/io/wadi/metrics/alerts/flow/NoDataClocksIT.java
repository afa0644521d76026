package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.metrics.alerts.flow.NoDataClocks.Progress;
import io.wadi.metrics.alerts.flow.NoDataMonitor.Reader;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The proof of missing data: clocks by document time, the availability of Kafka, and the progress of upstream groups.
 */
class NoDataClocksIT {
    private static final long NEWEST = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final AtomicLong wall = new AtomicLong(Long.MAX_VALUE);
    private final NoDataClocks noDataClocks = new NoDataClocks(() -> Instant.ofEpochMilli(wall.get()), nanos::get);

    @Test
    void clock_isTheNewestDocumentTimePlusTheElapsedTime() {
        TaskClock clock = noDataClocks.begin("0_0");
        assertThat(clock.now()).as("no document yet").isZero();

        clock.observe(NEWEST);
        pass(5);
        clock.observe(NEWEST - 1);

        assertThat(clock.now()).isEqualTo(NEWEST + 5000);
    }

    @Test
    void clock_isNeverAheadOfTheSystemTime() {
        wall.set(NEWEST - 60_000);
        TaskClock clock = noDataClocks.begin("0_0");

        clock.observe(NEWEST);
        pass(5);

        assertThat(clock.now()).isEqualTo(NEWEST - 60_000);
    }

    @Test
    void availability_restartsAfterAnOutage() {
        KafkaAvailability availability = new KafkaAvailability();
        assertThat(availability.availableMs(seconds(1))).isZero();

        availability.succeeded(seconds(1));
        availability.succeeded(seconds(9));
        assertThat(availability.availableMs(seconds(9))).isEqualTo(8000);

        availability.succeeded(seconds(20));
        assertThat(availability.availableMs(seconds(20))).as("nothing for 11 s").isZero();

        availability.succeeded(seconds(25));
        availability.failed();
        assertThat(availability.availableMs(seconds(25))).isZero();
        availability.succeeded(seconds(26));
        assertThat(availability.availableMs(seconds(27))).isEqualTo(1000);
        assertThat(availability.availableMs(seconds(24))).as("before the break").isZero();
    }

    @Test
    void noDataProof_waitsForAllUpstreamGroups() throws Exception {
        for (String topic : List.of("no-data.all", "no-data.cpu")) {
            TopicProbe.create(topic, 2);
            KafkaProbe.send(new ProducerRecord<>(topic, 1, null, "{}".getBytes(UTF_8)));
        }
        TaskClock clock = noDataClocks.begin("0_1");
        clock.observe(NEWEST);
        List<Reader> readers = List.of(
                new Reader("no-data-routing", List.of("no-data.all")),
                new Reader("no-data-alerts", List.of("no-data.cpu")));
        try (NoDataMonitor monitor =
                new NoDataMonitor(readers, noDataClocks, NoDataClocksIT::settings, NoDataClocksIT::settings)) {
            awaitWaitingFor(monitor, "group no-data-routing, which has not committed {no-data.all-1=1}");
            pass(7);
            commit("no-data-routing", "no-data.all");
            awaitWaitingFor(monitor, "group no-data-alerts, which has not committed {no-data.cpu-1=1}");
            assertThat(clock.progress()).isEqualTo(Progress.NONE);

            commit("no-data-alerts", "no-data.cpu");
            await().until(() -> clock.progress().time() == NEWEST + 7000);
            pass(9);
            await().until(() -> clock.progress().time() == NEWEST + 16_000);
            assertThat(clock.progress().availableMs()).isEqualTo(16_000);
            assertThat(monitor.waitingFor()).isNull();

            noDataClocks.end(clock);
            assertThat(noDataClocks.clocks()).isEmpty();
        }
    }

    /** The groups never commit the end offset of the former topic. */
    @Test
    void noDataProof_continuesWithARecreatedTopic() throws Exception {
        TopicProbe.create("no-data.recreated", 1);
        KafkaProbe.send(new ProducerRecord<>("no-data.recreated", 0, null, "{}".getBytes(UTF_8)));
        TaskClock clock = noDataClocks.begin("0_0");
        clock.observe(NEWEST);
        List<Reader> readers = List.of(new Reader("no-data-recreated", List.of("no-data.recreated")));
        try (NoDataMonitor monitor =
                new NoDataMonitor(readers, noDataClocks, NoDataClocksIT::settings, NoDataClocksIT::settings)) {
            awaitWaitingFor(monitor, "group no-data-recreated, which has not committed {no-data.recreated-0=1}");

            TopicProbe.recreate("no-data.recreated");

            await().until(() -> clock.progress().time() == NEWEST);
        }
    }

    private static void awaitWaitingFor(NoDataMonitor monitor, String what) {
        await().untilAsserted(() -> assertThat(monitor.waitingFor()).isEqualTo(what));
    }

    private static void commit(String group, String topic) throws Exception {
        GroupProbe.commit(group, new TopicPartition(topic, 1), 1);
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
