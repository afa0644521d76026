package io.wadi.ingest.send;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.telemetry.Exposition;
import io.wadi.runtime.telemetry.Histogram;
import io.wadi.runtime.telemetry.Histograms;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Events by topic and outcome: the meters {@code wadi.ingest.events} and {@code wadi.ingest.event.bytes}, and the
 * histogram {@code wadi_ingest_acknowledgement_seconds}. Thread-safe.
 */
public final class EventCounts {
    private final MeterRegistry meters;
    private final Histograms acknowledged;
    private final Map<String, TopicCounters> topics = new ConcurrentHashMap<>();

    /** Creates the counts in the registries of the meters and of the histogram. */
    public EventCounts(MeterRegistry meters, PipelineMetrics metrics) {
        this.meters = meters;
        this.acknowledged = metrics.histograms(
                "wadi_ingest_acknowledgement_seconds",
                "Time from reading events of a request until Kafka acknowledged all events of the same read");
    }

    /** Starts counting events of a topic that are read together. */
    ReadBatch begin(String topic) {
        return new ReadBatch(topics.computeIfAbsent(topic, TopicCounters::new));
    }

    private final class TopicCounters {
        private final Counter taken;
        private final Counter rejected;
        private final Counter deadLettered;
        private final Counter failed;
        private final Counter bytes;
        private final Histogram time;

        TopicCounters(String topic) {
            taken = events(topic, "acknowledged");
            rejected = events(topic, "rejected");
            deadLettered = events(topic, "dead-letter");
            failed = events(topic, "not-acknowledged");
            bytes = Counter.builder("wadi.ingest.event.bytes")
                    .description("Bytes of the keys and values of acknowledged events")
                    .tag("topic", topic)
                    .register(meters);
            time = acknowledged.of(Exposition.labels("topic", topic));
        }

        private Counter events(String topic, String outcome) {
            return Counter.builder("wadi.ingest.events")
                    .description("Events of accepted requests, by outcome")
                    .tags("topic", topic, "outcome", outcome)
                    .register(meters);
        }
    }

    /** Events that are read together; they are counted once all have an outcome. Used on their request's event loop. */
    static final class ReadBatch {
        private final TopicCounters counts;
        private final long begunNanos = System.nanoTime();
        /** The number of events without an outcome, plus one until the reading has ended. */
        private int open = 1;

        private long acknowledged;
        private long bytes;
        private long deadLettered;
        private long rejected;
        private long failed;

        private ReadBatch(TopicCounters counts) {
            this.counts = counts;
        }

        /** Adds a sent event. One of the next three methods follows. */
        void sent() {
            open++;
        }

        /** Counts a sent event that is acknowledged, unchanged or as a dead letter. */
        void acknowledged(long eventBytes, boolean isDeadLetter) {
            if (isDeadLetter) {
                deadLettered++;
            } else {
                acknowledged++;
                bytes += eventBytes;
            }
            ended();
        }

        /** Counts a sent event that Kafka or deduplication rejected. */
        void rejectedByKafka() {
            rejected++;
            ended();
        }

        /** Counts a sent event that is not acknowledged. */
        void notAcknowledged() {
            failed++;
            ended();
        }

        /** Counts an event that was not sent because it is invalid. */
        void rejected() {
            rejected++;
        }

        /** Ends the reading, or the wait for the outcome of one event. */
        void ended() {
            open--;
            if (open == 0) {
                count();
            }
        }

        private void count() {
            if (acknowledged > 0) {
                counts.taken.increment((double) acknowledged);
                counts.bytes.increment((double) bytes);
                counts.time.record(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos), acknowledged);
            }
            increment(counts.deadLettered, deadLettered);
            increment(counts.rejected, rejected);
            increment(counts.failed, failed);
        }

        private static void increment(Counter counter, long more) {
            if (more > 0) {
                counter.increment((double) more);
            }
        }
    }
}
