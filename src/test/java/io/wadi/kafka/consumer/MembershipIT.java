package io.wadi.kafka.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Recorder;
import io.wadi.kafka.Records;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopping consumers, and joining, leaving and being expelled from a group, under load. */
class MembershipIT {
    private static final int PARTITIONS = 4;

    /** Returns a step that takes a little time for each record, so that a stop occurs during a poll. */
    private static Processor slow(Recorder recorder) {
        CountDownLatch never = new CountDownLatch(1);
        return exchange -> {
            recorder.process(exchange);
            never.await(1, TimeUnit.MILLISECONDS);
        };
    }

    /**
     * Three routes on one topic, each with its own group: they process single records, batches, and batches with a
     * sink.
     */
    private static final class Routes {
        private final String topic;
        private final Recorder records = new Recorder(Recorder.Plan.NO_FAILURES);
        private final List<String> runs = new CopyOnWriteArrayList<>();
        private final FakeSink.Store sink = new FakeSink.Store(50);

        Routes(String topic) {
            this.topic = topic;
        }

        Flow start(String settings) throws Exception {
            CountDownLatch never = new CountDownLatch(1);
            return Flow.start(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from(uri("records", settings + "&maxPollRecords=100"))
                            .process(slow(records))
                            .setHeader("kafka.PARTITION_KEY", header("kafka.PARTITION"))
                            .to("kafka:" + topic + "-out");
                    from(uri("runs", settings + "&kafkaClientFactory=#record-batches&maxPollRecords=20"))
                            .process(exchange -> {
                                RecordBatch run = exchange.getMessage().getBody(RecordBatch.class);
                                never.await(20, TimeUnit.MILLISECONDS);
                                run.records()
                                        .forEach(record -> runs.add(new String(Records.bytes(record.value()), UTF_8)));
                            });
                    from(uri("sink", settings + "&kafkaClientFactory=#record-batches&maxPollRecords=20"))
                            .process(sink)
                            .process(exchange -> never.await(5, TimeUnit.MILLISECONDS));
                }
            });
        }

        private String uri(String way, String settings) {
            return "kafka:%s?groupId=%1$s-%s%s".formatted(topic, way, settings);
        }

        long committed() throws Exception {
            long sum = 0;
            for (String way : List.of("records", "runs", "sink")) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    sum += Math.max(0, Flow.committed(topic + "-" + way, topic, partition));
                }
            }
            return sum;
        }

        void awaitProgress(long committed) {
            await().until(() -> committed() >= committed);
        }

        /** Returns whether each route has received this many records of each partition. */
        boolean receivedAll(int count) {
            return records.tries().size() >= PARTITIONS * count
                    && runs.size() >= PARTITIONS * count
                    && IntStream.range(0, PARTITIONS)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .allMatch(partition -> sink.calls("append", partition) >= count);
        }

        /** Asserts that each route has processed this many records of each partition, once and in order. */
        void assertOnce(int count) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                String prefix = partition + "-";
                assertThat(records.done(partition)).as("records").isEqualTo(Flow.values(partition, count));
                assertThat(runs.stream().filter(value -> value.startsWith(prefix)))
                        .as("runs")
                        .containsExactlyElementsOf(Flow.values(partition, count));
                assertThat(sink.published(new TopicPartition(topic, partition)))
                        .as("sink")
                        .isEqualTo(LongStream.range(0, count).boxed().toList());
            }
            Map<String, Integer> sent = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> each : KafkaProbe.readAll(topic + "-out")) {
                sent.merge(new String(each.value(), UTF_8), 1, Integer::sum);
            }
            assertThat(sent).hasSize(PARTITIONS * count);
            assertThat(sent.values()).containsOnly(1);
        }
    }

    @Test
    @Nightly(
            perChange = {
                "ConsumerRandomTest",
                "ExactlyOnceIT#forcedStop_abortsItsTransaction_andCommitsNoneOfItsOffsets"
            })
    void stopsDuringAPoll_eachRecordIsProcessedOnce() throws Exception {
        int count = 1000;
        TopicProbe.create("stops", PARTITIONS);
        TopicProbe.create("stops-out", PARTITIONS);
        Flow.produce("stops", PARTITIONS, 0, count);
        Routes routes = new Routes("stops");
        for (int stop = 1; stop <= 5; stop++) {
            try (Flow flow = routes.start("")) {
                int processed = routes.records.tries().size();
                await().until(() -> routes.records.tries().size() > processed + 130);
            }
        }
        assertThat(routes.records.tries().size()).isLessThan(PARTITIONS * count);
        try (Flow flow = routes.start("")) {
            await().until(() -> routes.receivedAll(count));
        }
        routes.assertOnce(count);
    }

    @ParameterizedTest
    @Nightly(perChange = {"ConsumerRandomTest", "ExactlyOnceIT#rebalancedPartitions_resumeAtTheirCommittedOffsets"})
    @ValueSource(strings = {"RangeAssignor", "CooperativeStickyAssignor"})
    void membersJoiningAndLeavingInOrder_eachRecordIsProcessedOnce(String assignor) throws Exception {
        String topic = "members-" + assignor;
        TopicProbe.create(topic, PARTITIONS);
        TopicProbe.create(topic + "-out", PARTITIONS);
        Routes routes = new Routes(topic);
        String settings = "&consumersCount=2&heartbeatIntervalMs=300"
                + "&partitionAssignor=org.apache.kafka.clients.consumer." + assignor;
        Load load = new Load(topic);
        CommitWatch watch = new CommitWatch(topic);
        int count;
        List<Flow> members = new ArrayList<>();
        try {
            members.add(routes.start(settings));
            for (int round = 0; round < 3; round++) {
                routes.awaitProgress(routes.committed() + 300);
                members.add(routes.start(settings));
                routes.awaitProgress(routes.committed() + 300);
                members.remove(0).close();
            }
            count = load.stop();
            await().until(() -> routes.receivedAll(count));
        } finally {
            load.stop();
            members.forEach(Flow::close);
            watch.close();
        }
        routes.assertOnce(count);
        assertThat(watch.backwards).isEmpty();
    }

    /** Sends records to all partitions until it is stopped. */
    private static final class Load {
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicInteger sent = new AtomicInteger();
        private final Thread thread;

        Load(String topic) {
            thread = new Thread(() -> produce(topic), "load");
            thread.start();
        }

        private void produce(String topic) {
            CountDownLatch never = new CountDownLatch(1);
            try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
                while (!stop.get()) {
                    for (int partition = 0; partition < PARTITIONS; partition++) {
                        byte[] value = (partition + "-" + sent.get()).getBytes(UTF_8);
                        producer.send(new ProducerRecord<>(topic, partition, null, value));
                    }
                    sent.incrementAndGet();
                    never.await(8, TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Stops sending, and returns the number of records per partition. */
        int stop() throws InterruptedException {
            stop.set(true);
            thread.join();
            return sent.get();
        }
    }

    /** Polls the committed offsets continuously, and records each decrease. */
    private static final class CommitWatch implements AutoCloseable {
        private final List<String> backwards = new CopyOnWriteArrayList<>();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final AtomicBoolean stop = new AtomicBoolean();

        CommitWatch(String topic) {
            thread.execute(() -> watch(topic));
        }

        private void watch(String topic) {
            Map<String, Long> highest = new TreeMap<>();
            CountDownLatch never = new CountDownLatch(1);
            try {
                while (!stop.get()) {
                    for (String way : List.of("records", "runs", "sink")) {
                        GroupProbe.committed(topic + "-" + way).forEach((partition, committed) -> {
                            String key = way + "-" + partition;
                            long offset = committed.offset();
                            long before = highest.getOrDefault(key, -1L);
                            if (offset < before) {
                                backwards.add(key + ": " + before + " to " + offset);
                            }
                            highest.put(key, offset);
                        });
                    }
                    never.await(5, TimeUnit.MILLISECONDS);
                }
            } catch (Exception e) {
                backwards.add(e.toString());
            }
        }

        @Override
        public void close() throws InterruptedException {
            stop.set(true);
            thread.shutdown();
            if (!thread.awaitTermination(2, TimeUnit.MINUTES)) {
                throw new AssertionError("the committed offsets are still being looked at");
            }
        }
    }

    @Test
    void expelledMember_abandonsItsSink_commitsNothing_andTheNextOwnerContinues() throws Exception {
        TopicProbe.create("zombie", 1);
        Flow.produce("zombie", 1, 0, 10);
        TopicPartition partition = new TopicPartition("zombie", 0);
        FakeSink.Store frozen = new FakeSink.Store(100);
        FakeSink.Store next = new FakeSink.Store(5);
        CountDownLatch thaw = new CountDownLatch(1);
        AtomicBoolean thawed = new AtomicBoolean();
        String uri = "kafka:zombie?groupId=zombie&kafkaClientFactory=#record-batches&maxPollIntervalMs=1500"
                + "&heartbeatIntervalMs=300&sessionTimeoutMs=6000";
        try (Flow first = Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri).process(frozen).process(exchange -> thawed.set(thaw.await(10, TimeUnit.MINUTES)));
            }
        })) {
            await().until(() -> frozen.calls("append", partition) >= 10);
            await().until(() -> Flow.members("zombie") == 0);
            try (Flow second = Flow.start(new RouteBuilder() {
                @Override
                public void configure() {
                    errorHandler(noErrorHandler());
                    from(uri).process(next);
                }
            })) {
                await().until(() -> Flow.committed("zombie", "zombie", 0) == 10);
                thaw.countDown();
                await().until(() -> frozen.calls("abandon", partition) >= 1);
                Flow.produce("zombie", 1, 10, 5);
                await().until(() -> frozen.calls("append", partition) + next.calls("append", partition) >= 25);
            }
        }
        assertThat(thawed).isTrue();
        assertThat(next.published(partition)).startsWith(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(frozen.published(partition)).isSubsetOf(10L, 11L, 12L, 13L, 14L);
    }

    @Test
    void expelledMember_doesNotCommitItsRecords() throws Exception {
        TopicProbe.create("zombie-records", 1);
        Flow.produce("zombie-records", 1, 0, 6);
        CountDownLatch thaw = new CountDownLatch(1);
        CountDownLatch fail = new CountDownLatch(1);
        Recorder frozen = new Recorder((given, number) -> {
            if (given.offset() == 3 && number == 1) {
                thaw.await(10, TimeUnit.MINUTES);
                return false;
            }
            return given.offset() == 3 && fail.getCount() > 0;
        });
        // The next owner does not complete the record that the expelled member completes late.
        Recorder next = new Recorder((given, number) -> given.offset() == 3 && fail.getCount() > 0);
        String settings = "&maxPollIntervalMs=1500&heartbeatIntervalMs=300&sessionTimeoutMs=6000";
        try (Flow first = Flow.start("zombie-records", settings, frozen)) {
            await().until(() -> frozen.tries().size() >= 3);
            await().until(() -> Flow.members("zombie-records") == 0);
            try (Flow second = Flow.start("zombie-records", settings, next)) {
                await().until(() -> !next.tries(0, 3).isEmpty());
                thaw.countDown();
                await().until(() -> frozen.done().size() >= 4);
                await().during(Duration.ofSeconds(1))
                        .until(() -> Flow.committed("zombie-records", "zombie-records", 0) <= 3);
                fail.countDown();
                await().until(() -> Flow.committed("zombie-records", "zombie-records", 0) == 6);
            }
        }
    }
}
