package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics of the partitions assigned to this process, and latency histograms. They are exposed by partition up to a
 * limit, beyond the limit by topic, and by route if there are more topics than the limit. A revoked partition is no
 * longer exposed; its counters remain part of those of its topic and route until all their partitions are revoked,
 * since Prometheus takes a counter that decreases for one that was reset. Thread-safe.
 */
public final class PipelineMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineMetrics.class);

    private final boolean on;
    private final int limit;
    private final Clock clock;
    private final Traces traces;
    private final Timeline timeline;
    /** Changed only under the lock of this object, together with the aggregates. */
    private final Map<List<Object>, PartitionMetrics> partitions = new ConcurrentHashMap<>();

    private final Map<String, Aggregate> aggregates = new HashMap<>();
    private final Map<String, Histograms> histograms = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean folded;
    private volatile Samples samples = new Samples(-1, List.of());

    private PipelineMetrics(boolean on, int limit, Clock clock, Traces traces) {
        this.on = on;
        this.limit = limit;
        this.clock = clock;
        this.traces = traces;
        this.timeline = new Timeline(clock);
    }

    /** Creates metrics that expose at most {@code limit} partitions separately. */
    public static PipelineMetrics withLimit(int limit, Clock clock, Traces traces) {
        return new PipelineMetrics(true, limit, clock, traces);
    }

    /** Creates disabled metrics. */
    public static PipelineMetrics off() {
        return new PipelineMetrics(false, 0, Clock.systemUTC(), Traces.off());
    }

    /** Returns whether metrics are collected. */
    public boolean isOn() {
        return on;
    }

    /** Returns the clock for ages. */
    public Clock clock() {
        return clock;
    }

    /** Returns the factory of spans. */
    public Traces traces() {
        return traces;
    }

    /** Returns the recent events of partitions. */
    public Timeline timeline() {
        return timeline;
    }

    /** Registers an assigned partition. */
    public PartitionMetrics open(String route, String group, TopicPartition partition) {
        PartitionMetrics metrics = new PartitionMetrics(route, group, partition, timeline);
        if (on) {
            metrics.addEvent(Timeline.Event.ASSIGNED);
            add(metrics);
            if (partitions.size() > limit && !folded) {
                folded = true;
                LOG.info(
                        "{} partitions are assigned, more than wadi.telemetry.max-partitions={}: metrics are exposed by topic",
                        partitions.size(),
                        limit);
            }
        }
        return metrics;
    }

    /** Removes a revoked partition. */
    public void close(PartitionMetrics partition) {
        remove(partition);
        partition.addEvent(Timeline.Event.REVOKED);
    }

    private synchronized void add(PartitionMetrics partition) {
        aggregateLabels(partition).forEach(labels -> aggregates.computeIfAbsent(labels, any -> new Aggregate()).open++);
        PartitionMetrics previous = partitions.put(key(partition), partition);
        if (previous != null) {
            keepCounters(previous);
        }
        changes.incrementAndGet();
    }

    private synchronized void remove(PartitionMetrics partition) {
        if (partitions.remove(key(partition), partition)) {
            keepCounters(partition);
        }
        changes.incrementAndGet();
    }

    private void keepCounters(PartitionMetrics closed) {
        for (String labels : aggregateLabels(closed)) {
            Aggregate aggregate = aggregates.get(labels);
            aggregate.open--;
            if (aggregate.open == 0) {
                aggregates.remove(labels);
            } else {
                aggregate.add(closed);
            }
        }
    }

    private static List<String> aggregateLabels(PartitionMetrics partition) {
        return List.of(partition.topicLabels(), partition.routeLabels());
    }

    /** The number of open partitions of a topic or route, and the sums of the counters of the closed ones. */
    private static final class Aggregate {
        private int open;
        private Map<Class<?>, MetricValues<?>> closed = Map.of();

        /** Replaces the sums instead of changing them, because a scrape may be reading them. */
        void add(PartitionMetrics partition) {
            Map<Class<?>, MetricValues<?>> sums = new HashMap<>(closed);
            partition
                    .all()
                    .forEach((type, values) -> sums.put(
                            type, values.counters((PartitionMetric[]) type.getEnumConstants(), closed.get(type))));
            closed = sums;
        }
    }

    private static List<Object> key(PartitionMetrics partition) {
        return List.of(partition.labels(), partition.partition());
    }

    /** Returns the histograms of a metric; its name ends in {@code _seconds}. */
    public Histograms histograms(String metric, String help) {
        return histograms.computeIfAbsent(metric, name -> new Histograms(name, help, Math.max(limit, 1)));
    }

    public void writeTo(Exposition out) {
        List<Sample> current = samples();
        for (Class<?> type : types(current)) {
            write(out, (PartitionMetric[]) type.getEnumConstants(), lines(current, type));
        }
        histograms.values().forEach(each -> each.writeTo(out));
    }

    /**
     * Returns the aggregated values by route and metric. If a metric has an additional label, the name includes it,
     * such as {@code wadi_landed_files{reason="age"}}. Ages are in milliseconds. Unknown values and metrics without an
     * aggregation are omitted.
     */
    public Map<String, Map<String, Long>> byRoute() {
        Map<String, Map<String, Long>> routes = new TreeMap<>();
        for (PartitionMetrics partition : partitions.values()) {
            Map<String, Long> route = routes.computeIfAbsent(partition.route(), any -> new TreeMap<>());
            partition
                    .all()
                    .forEach((type, values) -> addTo(route, (PartitionMetric[]) type.getEnumConstants(), values));
        }
        return routes;
    }

    private void addTo(Map<String, Long> route, PartitionMetric[] metrics, MetricValues<?> values) {
        for (int i = 0; i < metrics.length; i++) {
            PartitionMetric.Meaning meaning = metrics[i].meaning();
            long value = exposedValue(meaning, values.get(i));
            if (meaning.fold() != PartitionMetric.Fold.NONE && value != MetricValues.UNKNOWN) {
                String name = meaning.metric() + (meaning.label().isEmpty() ? "" : '{' + meaning.label() + '}');
                route.merge(name, value, (before, now) -> fold(meaning, before, now));
            }
        }
    }

    /**
     * The partitions that are exposed as one sample of each metric.
     *
     * @param closed the counters of closed partitions
     */
    private record Sample(String labels, List<PartitionMetrics> partitions, Map<Class<?>, MetricValues<?>> closed) {}

    /** The samples, cached until the number of changes differs. */
    private record Samples(long changes, List<Sample> all) {}

    private synchronized List<Sample> samples() {
        long now = changes.get();
        if (samples.changes() != now) {
            samples = new Samples(now, group());
        }
        return samples.all();
    }

    private List<Sample> group() {
        List<PartitionMetrics> all = new ArrayList<>(partitions.values());
        all.sort(Comparator.comparing(PartitionMetrics::group)
                .thenComparing(partition -> partition.partition().topic())
                .thenComparing(partition -> partition.partition().partition()));
        if (all.size() <= limit) {
            return all.stream()
                    .map(partition -> new Sample(partition.labels(), List.of(partition), Map.of()))
                    .toList();
        }
        List<Sample> byTopic = groupBy(all, PartitionMetrics::topicLabels);
        return byTopic.size() <= limit ? byTopic : groupBy(all, PartitionMetrics::routeLabels);
    }

    private List<Sample> groupBy(List<PartitionMetrics> all, Function<PartitionMetrics, String> labels) {
        Map<String, List<PartitionMetrics>> groups = new LinkedHashMap<>();
        all.forEach(partition -> groups.computeIfAbsent(labels.apply(partition), each -> new ArrayList<>())
                .add(partition));
        return groups.entrySet().stream()
                .map(each -> new Sample(each.getKey(), each.getValue(), aggregates.get(each.getKey()).closed))
                .toList();
    }

    private static List<Class<?>> types(List<Sample> samples) {
        return samples.stream()
                .flatMap(each -> each.partitions().stream())
                .flatMap(partition -> partition.all().keySet().stream())
                .distinct()
                .sorted(Comparator.comparing(Class::getName))
                .<Class<?>>map(type -> type)
                .toList();
    }

    /** A sample of one enum of metrics: its labels and the values to aggregate. */
    private record Line(String labels, List<MetricValues<?>> values) {}

    private static List<Line> lines(List<Sample> samples, Class<?> type) {
        return samples.stream()
                .map(each -> new Line(
                        each.labels(),
                        Stream.concat(each.partitions().stream().map(PartitionMetrics::all), Stream.of(each.closed()))
                                .<MetricValues<?>>map(values -> values.get(type))
                                .filter(Objects::nonNull)
                                .toList()))
                .filter(line -> !line.values().isEmpty())
                .toList();
    }

    private void write(Exposition out, PartitionMetric[] metrics, List<Line> lines) {
        String before = "";
        for (int i = 0; i < metrics.length; i++) {
            PartitionMetric.Meaning meaning = metrics[i].meaning();
            if (meaning.fold() == PartitionMetric.Fold.NONE && folded(lines)) {
                continue;
            }
            if (!meaning.metric().equals(before)) {
                head(out, meaning);
                before = meaning.metric();
            }
            for (Line line : lines) {
                write(out, meaning, line, i);
            }
        }
    }

    private static boolean folded(List<Line> lines) {
        return lines.stream().anyMatch(line -> line.values().size() > 1);
    }

    private static void head(Exposition out, PartitionMetric.Meaning meaning) {
        if (meaning.kind() == PartitionMetric.Kind.COUNTER) {
            out.counter(meaning.metric(), meaning.help());
        } else {
            out.gauge(meaning.metric(), meaning.help());
        }
    }

    private void write(Exposition out, PartitionMetric.Meaning meaning, Line line, int ordinal) {
        long value = MetricValues.UNKNOWN;
        for (MetricValues<?> values : line.values()) {
            value = fold(meaning, value, exposedValue(meaning, values.get(ordinal)));
        }
        if (value == MetricValues.UNKNOWN) {
            return;
        }
        String labels = meaning.label().isEmpty() ? line.labels() : line.labels() + ',' + meaning.label();
        switch (meaning.kind()) {
            case COUNTER -> out.sample(meaning.metric(), "_total", labels, value);
            case GAUGE -> out.sample(meaning.metric(), "", labels, value);
            case AGE -> out.thousandths(meaning.metric(), labels, value);
            default -> throw new IllegalStateException(meaning.kind().name());
        }
    }

    private long exposedValue(PartitionMetric.Meaning meaning, long value) {
        return meaning.kind() == PartitionMetric.Kind.AGE && value > 0 ? Math.max(0, clock.millis() - value) : value;
    }

    private static long fold(PartitionMetric.Meaning meaning, long before, long value) {
        if (before == MetricValues.UNKNOWN || value == MetricValues.UNKNOWN) {
            return Math.max(before, value);
        }
        return meaning.fold() == PartitionMetric.Fold.SUM ? before + value : Math.max(before, value);
    }
}
