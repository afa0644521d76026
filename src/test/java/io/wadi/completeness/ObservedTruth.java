package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.targets.RecordTarget;
import io.wadi.local.ChildJvm;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.SteadyLoad;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Checks watermarks while other processes are killed. It evaluates watermarks at intervals and observes after each
 * which records are visible to a reader. At the end, {@link #check} compares each watermark with all records of the
 * topic.
 *
 * @param <S> the type of an observation: the records visible to a reader
 */
public final class ObservedTruth<S> implements AutoCloseable {
    private static final Duration CLOCK_SKEW = Duration.ofMillis(200);
    private static final Duration INTERVAL = Duration.ofMillis(150);

    private final String topic;
    private final Callable<S> observation;
    private final RecordTarget target;
    private final List<Sample<S>> samples = new ArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Completeness completeness = new Completeness(KafkaProbe.clients(), "wadi.dead-letter", CLOCK_SKEW);
    private volatile Watermark latest;
    private volatile Throwable failure;

    private record Sample<S>(Watermark watermark, S seen) {}

    private ObservedTruth(String topic, Callable<S> observation) {
        this.topic = topic;
        this.observation = observation;
        this.target = target("there", topic);
    }

    /**
     * Starts an observer.
     *
     * @param topic the topic; also the name of the group
     * @param observation returns the records visible to a reader now
     */
    public static <S> ObservedTruth<S> start(String topic, Callable<S> observation) {
        ObservedTruth<S> observer = new ObservedTruth<>(topic, observation);
        observer.thread.scheduleWithFixedDelay(observer::sample, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return observer;
    }

    /** Returns a target with one group and the expired ranges in the map. */
    static RecordTarget target(String name, String group, Map<TopicPartition, List<RecordTarget.Range>> expired) {
        return new RecordTarget() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Optional<String> group(String topic) {
                return Optional.of(group);
            }

            @Override
            public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) {
                throw new UnsupportedOperationException();
            }

            @Override
            public List<Range> expired(TopicPartition partition) {
                return expired.getOrDefault(partition, List.of());
            }
        };
    }

    private static RecordTarget target(String name, String group) {
        return target(name, group, Map.of());
    }

    private void sample() {
        try {
            Watermark watermark = completeness.watermark(topic, target, false);
            if (watermark.time() != null) {
                // The observation must follow the watermark.
                S seen = observation.call();
                synchronized (samples) {
                    samples.add(new Sample<>(watermark, seen));
                }
            }
            latest = watermark;
        } catch (TimeoutException e) {
            // As in a pipeline, the next evaluation repeats a failed one.
        } catch (Exception | Error e) {
            failure = e;
            thread.shutdown();
        }
    }

    /** Stops a load after the kills and waits until a watermark proves that all its records have arrived. */
    public void awaitEnd(SteadyLoad load) throws InterruptedException {
        Watermark killed = latest();
        await().atMost(ChildJvm.START_TIMEOUT).until(() -> latest().time().isAfter(killed.at()));
        load.stop();
        Instant end = Instant.now();
        await().atMost(ChildJvm.START_TIMEOUT).until(() -> latest().proves(end));
    }

    /** Returns the last watermark, or null before the first one. */
    public Watermark latest() {
        if (failure != null) {
            throw new AssertionError("the observer failed", failure);
        }
        return latest;
    }

    /**
     * Stops, and fails if a record with an append time before a watermark was missing. Returns the number of different
     * watermarks checked.
     *
     * @param isThere whether an observation includes a record
     */
    public int check(BiPredicate<S, ConsumerRecord<byte[], byte[]>> isThere) throws InterruptedException {
        thread.shutdown();
        assertThat(thread.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        latest();
        List<ConsumerRecord<byte[], byte[]>> records = KafkaProbe.readAll(topic);
        for (Sample<S> each : samples) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                if (Instant.ofEpochMilli(record.timestamp())
                        .isBefore(each.watermark().time())) {
                    assertThat(isThere.test(each.seen(), record))
                            .as(
                                    "%s-%d@%d of %s, when the watermark was %s",
                                    topic,
                                    record.partition(),
                                    record.offset(),
                                    Instant.ofEpochMilli(record.timestamp()),
                                    each.watermark())
                            .isTrue();
                }
            }
        }
        Instant first = Instant.ofEpochMilli(
                records.stream().mapToLong(ConsumerRecord::timestamp).min().orElseThrow());
        return (int) samples.stream()
                .map(each -> each.watermark().time())
                .filter(time -> time.isAfter(first))
                .distinct()
                .count();
    }

    @Override
    public void close() {
        thread.shutdownNow();
        completeness.close();
    }
}
