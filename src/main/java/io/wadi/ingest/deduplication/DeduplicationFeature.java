package io.wadi.ingest.deduplication;

import io.micrometer.core.instrument.Gauge;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The deduplication feature: the route from inboxes to their topics, if {@code topics.yaml} declares such topics. */
public final class DeduplicationFeature implements Feature {
    /** States are restored one after the other on each of these threads. */
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
        if (byInbox.isEmpty() || context.get(DeduplicationSettings.CONSUMERS) == 0) {
            return;
        }
        IdLimit limit = new IdLimit(context.get(DeduplicationSettings.MAX_IDS));
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
        context.bind(
                "deduplication",
                new DeduplicationRoute(
                        byInbox.keySet().stream().sorted().collect(Collectors.joining(",")),
                        new DeduplicateRecords(
                                byInbox,
                                routeId -> new DeduplicationSink.Context(
                                        reader, restore, limit, context.deadLetters(), routeId))));
    }
}
