package io.wadi.completeness;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.wadi.kafka.Causes;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A monitor that evaluates the watermarks of all topics with a target, on its own thread at intervals, and calls the
 * targets that mark complete directories. {@link #latest()} does not wait for Kafka.
 */
final class CompletenessMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CompletenessMonitor.class);

    private final ProgressSource reader;
    private final Supplier<? extends Collection<RecordTarget>> targets;
    private final Duration interval;
    private final Clock clock;
    private final MultiGauge gauges;
    private final CountDownLatch closing = new CountDownLatch(1);
    /** The last results; used by the thread only. */
    private final Map<Tracked, Evaluated> evaluated = new HashMap<>();
    /**
     * The topics and targets with failed evaluations, the oldest attempt first. They are evaluated after the others,
     * and not all in the same round, since each may wait for a response.
     */
    private final Set<Tracked> failing = new LinkedHashSet<>();

    private volatile Results latest = new Results(false, "", Map.of());
    private Thread thread;

    /** A topic and a target, with the group that reads the topic for it. */
    private record Tracked(String topic, RecordTarget target, String group) {}

    /**
     * The results of the last round.
     *
     * @param isAvailable whether a round has succeeded
     * @param problem why the last round failed; empty if it succeeded
     * @param topics the results by topic and target
     */
    record Results(boolean isAvailable, String problem, Map<String, Map<String, Evaluated>> topics) {
        Optional<Evaluated> find(String topic, String target) {
            return Optional.ofNullable(topics.getOrDefault(topic, Map.of()).get(target));
        }
    }

    /**
     * The last result of a topic and target.
     *
     * @param progress the last sample; null if there is none
     * @param at when the sample was taken
     * @param marks whether the target writes markers, or why not; null if it has no markers
     * @param problem why the last evaluation failed; null if it succeeded
     */
    record Evaluated(String topic, String target, TopicProgress progress, Instant at, String marks, String problem) {
        Evaluated withProblem(String reason) {
            return new Evaluated(topic, target, progress, at, marks, reason);
        }

        Watermark watermark(boolean acceptExpired) {
            if (progress == null) {
                return Watermark.unknown(topic, target, at, problem);
            }
            Watermark watermark = progress.watermark(acceptExpired);
            return problem == null ? watermark : watermark.withProblem(problem);
        }

        /** Returns whether the group has committed an offset; otherwise the group may not exist at all. */
        boolean isBegun() {
            return progress != null && progress.partitions().stream().anyMatch(each -> each.committed() >= 0);
        }
    }

    /** Creates a monitor, without a connection or a thread. */
    CompletenessMonitor(
            ProgressSource reader,
            Supplier<? extends Collection<RecordTarget>> targets,
            Duration interval,
            Clock clock,
            MeterRegistry meters) {
        this.reader = reader;
        this.targets = targets;
        this.interval = interval;
        this.clock = clock;
        this.gauges = MultiGauge.builder("wadi.complete.until.timestamp")
                .description("Time before which all records of the topic have arrived at the target; 0 if unknown")
                .baseUnit("seconds")
                .register(meters);
    }

    /** Starts the thread, unless the monitor is already started or closed. */
    synchronized void start() {
        if (thread == null && closing.getCount() > 0) {
            thread = new Thread(this::run, "wadi-completeness");
            thread.setDaemon(true);
            thread.start();
        }
    }

    Results latest() {
        return latest;
    }

    private void run() {
        try {
            do {
                round();
            } while (!closing.await(interval.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("The evaluation of watermarks is stopped");
        } finally {
            // An interrupted thread cannot close Kafka's clients.
            Thread.interrupted();
            reader.close();
        }
    }

    private void round() throws InterruptedException {
        try {
            Set<String> topics = reader.topics();
            reader.retain(topics);
            Set<Tracked> all = tracked(topics);
            evaluated.keySet().retainAll(all);
            failing.retainAll(all);
            Set<Tracked> later = new LinkedHashSet<>(failing);
            all.removeAll(later);
            reader.begin(all.stream().map(Tracked::group).collect(Collectors.toSet()));
            for (Tracked each : all) {
                evaluate(each);
            }
            publish();
            if (!later.isEmpty()) {
                evaluateWithinInterval(later);
                publish();
            }
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | LinkageError | AssertionError e) { // the metric would not change any more
            failed(e);
        }
    }

    private Set<Tracked> tracked(Set<String> topics) {
        Set<Tracked> all = new LinkedHashSet<>();
        for (RecordTarget target : targets.get()) {
            for (String topic : topics) {
                target.group(topic).ifPresent(group -> all.add(new Tracked(topic, target, group)));
            }
        }
        return all;
    }

    /** Evaluates at least one of these until the interval has passed: each failure may last for a timeout of Kafka. */
    private void evaluateWithinInterval(Set<Tracked> some) throws InterruptedException {
        Instant begun = clock.instant();
        for (Tracked each : some) {
            evaluate(each);
            Duration taken = Duration.between(begun, clock.instant());
            if (taken.isNegative() || taken.compareTo(interval) >= 0) {
                return;
            }
        }
    }

    private void publish() {
        Map<String, Map<String, Evaluated>> results = new TreeMap<>();
        evaluated
                .values()
                .forEach(each -> results.computeIfAbsent(each.topic(), any -> new TreeMap<>())
                        .put(each.target(), each));
        latest = new Results(true, "", results);
        gauges.register(rows(results), true);
    }

    private void failed(Throwable e) {
        Results before = latest;
        String problem = Causes.inShort(e);
        if (before.problem().isEmpty()) {
            LOG.warn("Evaluating watermarks failed: {}; retrying every {}", problem, Units.text(interval));
        }
        Map<String, Map<String, Evaluated>> results = new TreeMap<>();
        before.topics()
                .forEach((topic, byTarget) -> byTarget.forEach((target, each) ->
                        results.computeIfAbsent(topic, any -> new TreeMap<>()).put(target, each.withProblem(problem))));
        latest = new Results(before.isAvailable(), problem, results);
    }

    private void evaluate(Tracked tracked) throws InterruptedException {
        failing.remove(tracked);
        Optional<Evaluated> result =
                evaluate(tracked.topic(), tracked.target(), tracked.group(), evaluated.get(tracked));
        result.ifPresentOrElse(found -> evaluated.put(tracked, found), () -> evaluated.remove(tracked));
        if (result.isPresent() && result.get().problem() != null) {
            failing.add(tracked);
        }
    }

    /**
     * Returns the result; empty if the topic has been deleted.
     *
     * @param before the result for the same group; null if there is none
     */
    private Optional<Evaluated> evaluate(String topic, RecordTarget target, String group, Evaluated before)
            throws InterruptedException {
        Instant at = clock.instant();
        try {
            Optional<TopicProgress> progress = reader.read(topic, target, group);
            progress.ifPresent(each -> mark(each, target));
            return progress.map(each -> new Evaluated(topic, target.name(), each, at, marks(each, target), null));
        } catch (InterruptException e) {
            throw e;
        } catch (IOException | RuntimeException | LinkageError | AssertionError e) { // others are still evaluated
            String problem = Causes.inShort(e);
            if (before == null || before.problem() == null) {
                LOG.warn(
                        "Topic {}: evaluating the watermark of target {} failed: {}; retrying every {}",
                        topic,
                        target.name(),
                        problem,
                        Units.text(interval));
            }
            Evaluated known = before == null ? new Evaluated(topic, target.name(), null, at, null, null) : before;
            return Optional.of(known.withProblem(problem));
        }
    }

    private static String marks(TopicProgress progress, RecordTarget target) {
        return target.marks(progress.topic())
                .map(marks -> progress.isAppendTime()
                        ? marks
                        : "not written: the topic's timestamps are set by senders, or one is in the future; declare"
                                + " timestamp: append")
                .orElse(null);
    }

    private static void mark(TopicProgress progress, RecordTarget target) {
        if (progress.basis() != Watermark.Basis.APPEND_TIME) {
            return;
        }
        for (PartitionProgress each : progress.partitions()) {
            if (!each.hasLostRecords() && each.deleted().isEmpty()) {
                try {
                    target.complete(each.partition(), progress.time(each));
                } catch (IOException e) {
                    LOG.warn(
                            "Partition {}: writing completeness markers failed: {}; retrying at the next evaluation",
                            each.partition(),
                            Causes.inShort(e));
                }
            }
        }
    }

    private static List<MultiGauge.Row<?>> rows(Map<String, Map<String, Evaluated>> results) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        results.forEach((topic, byTarget) -> byTarget.forEach((target, each) -> {
            if (each.isBegun()) {
                Instant time = each.watermark(false).time();
                rows.add(MultiGauge.Row.of(
                        Tags.of("topic", topic, "target", target), time == null ? 0 : time.toEpochMilli() / 1000.0));
            }
        }));
        return rows;
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        if (thread == null) {
            reader.close();
        } else {
            // The interrupt ends calls of Kafka's clients.
            thread.interrupt();
        }
    }
}
