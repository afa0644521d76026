package io.wadi.local.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Samples the progress of landing and indexing, and the resource use of the processes. */
final class SoakMonitor implements AutoCloseable {
    private static final int REQUEST_TIMEOUT_MS = 2_000;

    private final Admin admin;
    private final String topic;
    private final List<WadiProcess> processes;
    private final DoubleSupplier clock;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final List<ProgressSample> progress = new ArrayList<>();
    private final List<ProcessSample> samples = new ArrayList<>();

    /** Creates a monitor; {@code clock} returns the seconds since the start of the run. */
    SoakMonitor(String brokers, String topic, List<WadiProcess> processes, DoubleSupplier clock) {
        this.topic = topic;
        this.processes = processes;
        this.clock = clock;
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                REQUEST_TIMEOUT_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                REQUEST_TIMEOUT_MS));
    }

    /** Starts to sample offsets every second, and processes at an interval. */
    void start(long processesEveryMs) {
        timer.scheduleWithFixedDelay(this::sampleOffsets, 0, 1_000, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(this::sampleProcesses, 0, processesEveryMs, TimeUnit.MILLISECONDS);
    }

    private void sampleOffsets() {
        ProgressSample sample = sample();
        synchronized (this) {
            progress.add(sample);
        }
    }

    /** Returns the current progress. */
    ProgressSample sample() {
        return new ProgressSample(clock.getAsDouble(), ends(), committed(Role.LANDING), committed(Role.INDEXING));
    }

    private Map<Integer, Long> ends() {
        Map<TopicPartition, OffsetSpec> requested =
                new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        Map<Integer, Long> ends = new TreeMap<>();
        try {
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(each -> requested.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
            admin.listOffsets(requested)
                    .all()
                    .get()
                    .forEach((partition, found) -> ends.put(partition.partition(), found.offset()));
        } catch (ExecutionException away) {
            return new TreeMap<>();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ends;
    }

    private Map<Integer, Long> committed(Role role) {
        Map<Integer, Long> committed = new TreeMap<>();
        try {
            admin.listConsumerGroupOffsets(SoakSettings.group(role))
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach((partition, offset) -> {
                        if (offset != null) {
                            committed.put(partition.partition(), offset.offset());
                        }
                    });
        } catch (ExecutionException away) {
            return new TreeMap<>();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return committed;
    }

    private void sampleProcesses() {
        try {
            for (WadiProcess each : processes) {
                ProcessSample sample = each.sample(clock.getAsDouble());
                synchronized (this) {
                    samples.add(sample);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the progress samples ordered by time. */
    synchronized List<ProgressSample> progress() {
        return List.copyOf(progress);
    }

    /** Returns the process samples ordered by time. */
    synchronized List<ProcessSample> samples() {
        return List.copyOf(samples);
    }

    /** Stops sampling. */
    void stop() {
        timer.shutdownNow();
    }

    @Override
    public void close() {
        stop();
        admin.close(Duration.ofMillis(REQUEST_TIMEOUT_MS));
    }
}
