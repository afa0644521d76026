package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of each partition that this process reads, and how long events take: shown partition by partition as long as
 * there are no more than a limit, else topic by topic, and where there are more topics than that, route by route. A partition
 * that is read here no more is shown no more. Thread-safe.
 */
public final class PipelineMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PipelineMetrics.class);

    private final boolean on;
    private final int most;
    private final Clock clock;
    private final Traces traces;
    private final Timeline timeline;
    private final Map<List<Object>, PartitionRow> rows = new ConcurrentHashMap<>();
    private final Map<String, Histograms> histograms = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private volatile boolean folded;
    private volatile Arranged arranged = new Arranged(-1, List.of());

    private PipelineMetrics(boolean on, int most, Clock clock, Traces traces) {
        this.on = on;
        this.most = most;
        this.clock = clock;
        this.traces = traces;
        this.timeline = new Timeline(clock);
    }

    /** Figures with so many partitions shown one by one at most. */
    public static PipelineMetrics upTo(int most, Clock clock) {
        return upTo(most, clock, Traces.off());
    }

    /** The same, with who begins spans. */
    public static PipelineMetrics upTo(int most, Clock clock, Traces traces) {
        return new PipelineMetrics(true, most, clock, traces);
    }

    /** Figures that nobody keeps. */
    public static PipelineMetrics off() {
        return new PipelineMetrics(false, 0, Clock.systemUTC(), Traces.off());
    }

    /** Whether it is worth while to find out what they are. */
    public boolean isOn() {
        return on;
    }

    /** The clock of ages. */
    public Clock clock() {
        return clock;
    }

    /** Who begins spans. */
    public Traces traces() {
        return traces;
    }

    /** What has happened to the partitions lately. */
    public Timeline timeline() {
        return timeline;
    }

    /** A partition is read here from now on, by this route for this group. */
    public PartitionRow open(String route, String group, TopicPartition partition) {
        PartitionRow row = new PartitionRow(route, group, partition, timeline);
        if (on) {
            row.happened(Timeline.Happening.TAKEN_OVER);
            rows.put(key(row), row);
            changes.incrementAndGet();
            if (rows.size() > most && !folded) {
                folded = true;
                LOG.info(
                        "{} partitions are read here, more than wadi.telemetry.max-partitions={}: metrics are by topic",
                        rows.size(),
                        most);
            }
        }
        return row;
    }

    /** It is read no more. */
    public void close(PartitionRow row) {
        rows.remove(key(row), row);
        row.happened(Timeline.Happening.HANDED_BACK);
        changes.incrementAndGet();
    }

    private static List<Object> key(PartitionRow row) {
        return List.of(row.labels(), row.partition());
    }

    /** The histograms of this name, which ends in {@code _seconds}. */
    public Histograms histograms(String metric, String help) {
        return histograms.computeIfAbsent(metric, name -> new Histograms(name, help, Math.max(most, 1)));
    }

    /** Writes all. */
    public void writeTo(Exposition out) {
        List<Shown> shown = shown();
        for (Class<?> type : types(shown)) {
            write(out, (PartitionMetric[]) type.getEnumConstants(), lines(shown, type));
        }
        histograms.values().forEach(each -> each.writeTo(out));
    }

    /**
     * The figures of what each route reads at the moment, by route and then by metric, with its own label behind its name where
     * it has one, such as {@code wadi_landed_files{reason="age"}}. Ages are in milliseconds; what is not known is left out, and so
     * is what means nothing for several partitions.
     */
    public Map<String, Map<String, Long>> byRoute() {
        Map<String, Map<String, Long>> routes = new TreeMap<>();
        for (PartitionRow row : rows.values()) {
            Map<String, Long> route = routes.computeIfAbsent(row.route(), any -> new TreeMap<>());
            row.all().forEach((type, values) -> addTo(route, (PartitionMetric[]) type.getEnumConstants(), values));
        }
        return routes;
    }

    private void addTo(Map<String, Long> route, PartitionMetric[] figures, Values<?> values) {
        for (int i = 0; i < figures.length; i++) {
            PartitionMetric.Meaning meaning = figures[i].meaning();
            long value = shownValue(meaning, values.get(i));
            if (meaning.fold() != PartitionMetric.Fold.NONE && value != Values.UNKNOWN) {
                String name = meaning.metric() + (meaning.label().isEmpty() ? "" : '{' + meaning.label() + '}');
                route.merge(name, value, (before, now) -> fold(meaning, before, now));
            }
        }
    }

    /** One line of each figure: the rows that are shown as one. */
    private record Shown(String labels, List<PartitionRow> rows) {}

    /** The lines as they were after so many changes. */
    private record Arranged(long changes, List<Shown> shown) {}

    private List<Shown> shown() {
        long now = changes.get();
        if (arranged.changes() != now) {
            arranged = new Arranged(now, arrange());
        }
        return arranged.shown();
    }

    private List<Shown> arrange() {
        List<PartitionRow> all = new ArrayList<>(rows.values());
        all.sort(Comparator.comparing(PartitionRow::group)
                .thenComparing(row -> row.partition().topic())
                .thenComparing(row -> row.partition().partition()));
        if (all.size() <= most) {
            return all.stream()
                    .map(row -> new Shown(row.labels(), List.of(row)))
                    .toList();
        }
        List<Shown> byTopic = together(all, PartitionRow::topicLabels);
        return byTopic.size() <= most ? byTopic : together(all, PartitionRow::routeLabels);
    }

    private static List<Shown> together(List<PartitionRow> all, Function<PartitionRow, String> labels) {
        Map<String, List<PartitionRow>> groups = new LinkedHashMap<>();
        all.forEach(row -> groups.computeIfAbsent(labels.apply(row), each -> new ArrayList<>())
                .add(row));
        return groups.entrySet().stream()
                .map(each -> new Shown(each.getKey(), each.getValue()))
                .toList();
    }

    private static List<Class<?>> types(List<Shown> shown) {
        return shown.stream()
                .flatMap(each -> each.rows().stream())
                .flatMap(row -> row.all().keySet().stream())
                .distinct()
                .sorted(Comparator.comparing(Class::getName))
                .<Class<?>>map(type -> type)
                .toList();
    }

    /** One line: its labels, and the values that it is made of. */
    private record Line(String labels, List<Values<?>> values) {}

    private static List<Line> lines(List<Shown> shown, Class<?> type) {
        return shown.stream()
                .map(each -> new Line(
                        each.labels(),
                        each.rows().stream()
                                .<Values<?>>map(row -> row.all().get(type))
                                .filter(Objects::nonNull)
                                .toList()))
                .filter(line -> !line.values().isEmpty())
                .toList();
    }

    private void write(Exposition out, PartitionMetric[] figures, List<Line> lines) {
        String before = "";
        for (int i = 0; i < figures.length; i++) {
            PartitionMetric.Meaning meaning = figures[i].meaning();
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
        long value = Values.UNKNOWN;
        for (Values<?> values : line.values()) {
            value = fold(meaning, value, shownValue(meaning, values.get(ordinal)));
        }
        if (value == Values.UNKNOWN) {
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

    private long shownValue(PartitionMetric.Meaning meaning, long value) {
        return meaning.kind() == PartitionMetric.Kind.AGE && value > 0 ? Math.max(0, clock.millis() - value) : value;
    }

    private static long fold(PartitionMetric.Meaning meaning, long before, long value) {
        if (before == Values.UNKNOWN || value == Values.UNKNOWN) {
            return Math.max(before, value);
        }
        return meaning.fold() == PartitionMetric.Fold.SUM ? before + value : Math.max(before, value);
    }
}
