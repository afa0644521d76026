package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.Prober;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.management.Query;
import javax.management.QueryExp;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A topology on real Kafka with a delayed start, a failing thread and a hanging one. */
@Execution(ExecutionMode.CONCURRENT)
class RunningFlowIT {
    private static final String IN = "running-flow.in";
    private static final String OUT = "running-flow.out";
    private static final String FAILING_IN = "running-flow-failing.in";
    private static final String FAILING_TABLE = "running-flow-failing.table";
    private static final String RESTORED_IN = "running-flow-restored.in";
    private static final String RESTORED_TABLE = "running-flow-restored.table";

    private static final HealthThresholds NOW =
            new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(5));

    private final AtomicBoolean isBlocked = new AtomicBoolean(true);
    private final AtomicBoolean fails = new AtomicBoolean(true);
    private final AtomicReference<CountDownLatch> hangs = new AtomicReference<>(new CountDownLatch(0));
    private final AtomicInteger topologies = new AtomicInteger();
    private final AtomicInteger companions = new AtomicInteger();
    private final List<String> states = new CopyOnWriteArrayList<>();

    @Test
    void flow_waitsToStart_replacesFailedThreads_reportsAHang_andProcessesEachRecordOnce(@TempDir Path directory)
            throws Exception {
        TopicProbe.create(IN, 1);
        TopicProbe.create(OUT, 1);
        KafkaProbe.send(new ProducerRecord<>(IN, "one".getBytes(UTF_8)));
        StreamsFlow flow = new StreamsFlow(
                "running-flow",
                Map.of(),
                this::topology,
                admin -> isBlocked.get() ? Optional.of("an obstacle") : Optional.empty(),
                () -> {
                    companions.incrementAndGet();
                    return companions::decrementAndGet;
                },
                Optional::empty);
        StreamsComponent component = component(directory);
        try (RunningFlow running = running(flow, component);
                Prober.Probe probe = component.probe(running, flow, Clock.systemUTC())) {
            running.start();
            await().until(() -> probe.check().message().equals("not started: an obstacle"));
            assertThat(companions).hasValue(0);

            isBlocked.set(false);
            await().until(() -> probe.check().message().contains("IllegalStateException: of this test"));
            assertThat(companions).hasValue(1);

            fails.set(false);
            await().until(() -> KafkaProbe.readAll(OUT).size() >= 1);
            assertThat(KafkaProbe.readAll(OUT)).hasSize(1);
            await().untilAsserted(() -> assertThat(probe.check().message())
                    .startsWith("group running-flow has a lag of 0 offsets in 1 partitions here and makes progress"));

            hangs.set(new CountDownLatch(1));
            KafkaProbe.send(new ProducerRecord<>(IN, "two".getBytes(UTF_8)));
            await().untilAsserted(() -> {
                CheckResult found = probe.check();
                assertThat(found.isFault()).isTrue();
                assertThat(found.message())
                        .startsWith("group running-flow makes no progress: running-flow.in-0: no record was completed"
                                + " since ")
                        .endsWith("although there are records from offset 1 to before 2");
            });
            assertThat(running.fault()).isNull();

            hangs.get().countDown();
            await().until(() -> !probe.check().isFault());
            await().until(() -> KafkaProbe.readAll(OUT).size() >= 2);
            assertThat(KafkaProbe.readAll(OUT)).hasSize(2);

            running.setPaused(true);
            KafkaProbe.send(new ProducerRecord<>(IN, "three".getBytes(UTF_8)));
            await().during(Duration.ofSeconds(2))
                    .until(() -> KafkaProbe.readAll(OUT).size() == 2);
            await().untilAsserted(() -> assertThat(probe.check().isFault())
                    .as("nothing is expected of it")
                    .isFalse());
            assertThat(GroupProbe.members("running-flow")).isNotEmpty();
            running.setPaused(false);
            await().until(() -> KafkaProbe.readAll(OUT).size() >= 3);
            assertThat(KafkaProbe.readAll(OUT)).hasSize(3);
        }
        assertThat(companions).hasValue(0);
        // A thread of Kafka Streams reports the state, possibly after close returns.
        await().untilAsserted(() -> assertThat(states).contains("running").endsWith("not running"));
        assertThat(GroupProbe.members("running-flow")).isEmpty();
    }

    @Test
    void flow_startsAfterFailedAttempts_whichAreClosed(@TempDir Path directory) throws Exception {
        TopicProbe.create(FAILING_IN, 1);
        Queue<Error> companionFailures = new ConcurrentLinkedQueue<>(
                List.of(new NoClassDefFoundError("of the companion"), new AssertionError("of the companion")));
        StreamsFlow flow = new StreamsFlow(
                "running-flow-failing",
                Map.of(),
                () -> withGlobalTable(FAILING_IN, FAILING_TABLE),
                admin -> Optional.empty(),
                () -> {
                    Error failure = companionFailures.poll();
                    if (failure != null) {
                        throw failure;
                    }
                    companions.incrementAndGet();
                    return companions::decrementAndGet;
                },
                Optional::empty);
        try (RunningFlow running = running(flow, component(directory))) {
            running.start();
            await().until(() -> String.valueOf(running.fault())
                    .contains("There are no partitions available for topic " + FAILING_TABLE));
            assertThat(companionFailures).isEmpty();
            assertThat(running.hasEnded()).as("it is started again").isFalse();

            TopicProbe.create(FAILING_TABLE, 1);
            await().until(() -> states.contains("running"));
            await().until(() -> running.fault() == null);
            assertThat(companions).as("those of failed starts are closed").hasValue(1);
            assertThat(running.hasEnded()).isFalse();
        }
        assertThat(companions).hasValue(0);
    }

    @Test
    void flow_canBePausedAndClosed_whileItsGlobalTableIsRestored(@TempDir Path directory) throws Exception {
        TopicProbe.create(RESTORED_IN, 1);
        TopicProbe.create(RESTORED_TABLE, 1);
        KafkaProbe.send(new ProducerRecord<>(RESTORED_TABLE, "key".getBytes(UTF_8), "value".getBytes(UTF_8)));
        StreamsComponent component = component(directory);
        RunningFlow restoring = running(
                restored(Map.of(
                        StreamsConfig.globalConsumerPrefix(ConsumerConfig.FETCH_MIN_BYTES_CONFIG),
                        1 << 20,
                        StreamsConfig.globalConsumerPrefix(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG),
                        600_000)),
                component);
        restoring.start();
        await().until(RunningFlowIT::isRestoring);
        FutureTask<?> closed = new FutureTask<>(() -> {
            restoring.setPaused(true);
            restoring.close();
            return null;
        });
        new Thread(closed, "close").start();
        await().until(closed::isDone);
        closed.get();
        assertThat(restoring.tables()).isEmpty();
        assertThat(states).as("nothing is restored").doesNotContain("running");

        try (RunningFlow next = running(restored(Map.of()), component)) {
            next.start();
            await().until(() -> states.contains("running"));
        }
        assertThat(topologies).as("the next start needs one attempt").hasValue(2);
    }

    /**
     * Returns whether the global consumer has begun to poll; the broker responds to its fetch only after ten minutes.
     */
    private static boolean isRestoring() throws MalformedObjectNameException {
        ObjectName consumers = new ObjectName(
                "kafka.consumer:type=consumer-metrics,client-id=running-flow-restored-*-global-consumer");
        QueryExp hasPolled = Query.geq(Query.attr("last-poll-seconds-ago"), Query.value(0.0));
        return !ManagementFactory.getPlatformMBeanServer()
                .queryNames(consumers, hasPolled)
                .isEmpty();
    }

    private StreamsFlow restored(Map<String, Object> settings) {
        return new StreamsFlow(
                "running-flow-restored",
                settings,
                () -> {
                    topologies.incrementAndGet();
                    return withGlobalTable(RESTORED_IN, RESTORED_TABLE);
                },
                admin -> Optional.empty(),
                () -> () -> {},
                Optional::empty);
    }

    private static StreamsComponent component(Path directory) {
        return new StreamsComponent(
                KafkaProbe.clients(),
                new StreamsComponent.Options(directory.toString(), "", NOW, Duration.ofSeconds(1)));
    }

    private RunningFlow running(StreamsFlow flow, StreamsComponent component) {
        return new RunningFlow("it", flow, component::adminSettings, () -> component.settings(flow), states::add);
    }

    /** The table is a persistent store: its topology locks the state directory. */
    private static Topology withGlobalTable(String in, String table) {
        StreamsBuilder builder = new StreamsBuilder();
        Consumed<byte[], byte[]> bytes = Consumed.with(Serdes.ByteArray(), Serdes.ByteArray());
        builder.globalTable(table, bytes, Materialized.as("table"));
        builder.stream(in, bytes).foreach((key, value) -> {});
        return builder.build();
    }

    private Topology topology() {
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return new Topology()
                .addSource("in", in, in, IN)
                .addProcessor("fail", Failing::new, "in")
                .addSink("out", OUT, out, out, "fail");
    }

    private final class Failing extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            context().forward(record);
            try {
                hangs.get().await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (fails.get()) {
                throw new IllegalStateException("of this test");
            }
        }
    }
}
