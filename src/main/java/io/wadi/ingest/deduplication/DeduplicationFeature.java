package io.wadi.ingest.deduplication;

import io.micrometer.core.instrument.Gauge;
import io.netty.util.internal.PlatformDependent;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;

/**
 * The deduplication feature: the route from inboxes to their topics, if {@code topics.yaml} has deduplicated topics.
 */
public final class DeduplicationFeature implements Feature {
    /** Number of threads that restore the ids of assigned partitions; each restores one partition at a time. */
    private static final int RESTORE_THREADS = 2;

    @Override
    public List<Setting<?>> settings() {
        return DeduplicationSettings.ALL;
    }

    @Override
    public void bind(FeatureContext context) {
        Map<String, Topic> byInbox = context.topics().all().stream()
                .filter(topic -> topic.deduplication() != null)
                .collect(Collectors.toMap(Topic::inbox, Function.identity()));
        DirectQueues direct = new DirectQueues(
                context.get(DeduplicationSettings.MAX_RECORDS).intValue(),
                MemoryPlan.direct(Runtime.getRuntime().maxMemory()),
                System::currentTimeMillis);
        context.bindBean("direct-queues", direct);
        if (byInbox.isEmpty() || context.get(DeduplicationSettings.CONSUMERS) == 0) {
            return;
        }
        long outsideHeap = PlatformDependent.maxDirectMemory();
        IdLimit limit = new IdLimit(context.get(DeduplicationSettings.MAX_IDS), outsideHeap / 2 / FirstEvents.BYTES);
        checkMemory(limit.max(), outsideHeap);
        Gauge.builder("wadi.deduplication.ids", limit, IdLimit::ids)
                .description("Ids within their windows in this process")
                .register(context.meters());
        Gauge.builder("wadi.deduplication.max.ids", limit, IdLimit::max)
                .description("Maximum number of ids in this process")
                .register(context.meters());
        FirstEventsReader reader = new FirstEventsReader(context.kafka()::readerProperties, limit);
        ExecutorService restore = Executors.newFixedThreadPool(RESTORE_THREADS, task -> {
            Thread thread = new Thread(task, "wadi-deduplication-restore");
            thread.setDaemon(true);
            return thread;
        });
        context.closing(restore::shutdownNow);
        DeduplicationSink.Context sinks = new DeduplicationSink.Context(
                reader,
                restore,
                limit,
                context.deadLetters(),
                DeduplicationRoute.ID,
                topic -> partitions(context.kafka().adminProperties(), topic),
                direct,
                System::currentTimeMillis);
        context.bind(
                DeduplicationRoute.ID,
                new DeduplicationRoute(
                        byInbox.keySet().stream().sorted().collect(Collectors.joining(",")), exchange -> {
                            RecordBatch batch = exchange.getMessage().getBody(RecordBatch.class);
                            Topic topic = Objects.requireNonNull(
                                    byInbox.get(batch.partition().topic()), "deduplicated topic");
                            batch.sink(DeduplicationSink.class, first -> DeduplicationSink.open(first, topic, sinks))
                                    .append(batch);
                        }));
    }

    private static int partitions(Properties client, Topic topic) {
        try (Admin admin = Admin.create(client)) {
            return AdminRequests.getUnchecked(
                            admin.describeTopics(List.of(topic.name())).allTopicNames())
                    .get(topic.name())
                    .partitions()
                    .size();
        }
    }

    /**
     * Checks that the maximum number of ids fits into half of the memory outside the heap; the rest is for connections.
     *
     * @param outsideHeap the memory outside the heap that the JVM allows, in bytes
     * @throws SettingsException if the ids do not fit
     */
    static void checkMemory(long maxIds, long outsideHeap) {
        if (maxIds * FirstEvents.BYTES > outsideHeap / 2) {
            throw new SettingsException(List.of(
                    ("%s is %d, for which %d MiB outside the heap are necessary: expected at most half of the %d MiB"
                                    + " that the JVM allows; decrease it, or increase -XX:MaxDirectMemorySize"
                                    + " (default: the heap, -Xmx)")
                            .formatted(
                                    DeduplicationSettings.MAX_IDS.name(),
                                    maxIds,
                                    mib(maxIds * FirstEvents.BYTES),
                                    mib(outsideHeap))));
        }
    }

    private static long mib(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
