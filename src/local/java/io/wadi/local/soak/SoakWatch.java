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

/** Writes down at intervals how far landing and indexing are, and what the processes hold. */
final class SoakWatch implements AutoCloseable {
    private static final int PATIENCE_MS = 2_000;

    private final Admin admin;
    private final String topic;
    private final List<WadiProcess> processes;
    private final DoubleSupplier clock;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final List<Look> looks = new ArrayList<>();
    private final List<ProcessSample> samples = new ArrayList<>();

    /** Takes the brokers' addresses, and the run's time in seconds. */
    SoakWatch(String brokers, String topic, List<WadiProcess> processes, DoubleSupplier clock) {
        this.topic = topic;
        this.processes = processes;
        this.clock = clock;
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                PATIENCE_MS,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                PATIENCE_MS));
    }

    /** Begins: offsets each second, processes each so many milliseconds. */
    void start(long processesEveryMs) {
        timer.scheduleWithFixedDelay(this::lookAtOffsets, 0, 1_000, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(this::lookAtProcesses, 0, processesEveryMs, TimeUnit.MILLISECONDS);
    }

    private void lookAtOffsets() {
        Look look = look();
        synchronized (this) {
            looks.add(look);
        }
    }

    /** How far everything is now. */
    Look look() {
        return new Look(clock.getAsDouble(), ends(), committed(Role.LANDING), committed(Role.INDEXING));
    }

    private Map<Integer, Long> ends() {
        Map<TopicPartition, OffsetSpec> wanted = new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        Map<Integer, Long> ends = new TreeMap<>();
        try {
            admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .forEach(each -> wanted.put(new TopicPartition(topic, each.partition()), OffsetSpec.latest()));
            admin.listOffsets(wanted)
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

    private void lookAtProcesses() {
        try {
            for (WadiProcess each : processes) {
                ProcessSample sample = each.look(clock.getAsDouble());
                synchronized (this) {
                    samples.add(sample);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How far everything was, in the order of time. */
    synchronized List<Look> looks() {
        return List.copyOf(looks);
    }

    /** What the processes held, in the order of time. */
    synchronized List<ProcessSample> samples() {
        return List.copyOf(samples);
    }

    /** Writes down no more. */
    void stop() {
        timer.shutdownNow();
    }

    @Override
    public void close() {
        stop();
        admin.close(Duration.ofMillis(PATIENCE_MS));
    }
}
