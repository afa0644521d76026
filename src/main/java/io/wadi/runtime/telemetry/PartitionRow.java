package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** All figures of one partition that a route reads, from when it is taken over until it is handed back. Thread-safe. */
public final class PartitionRow {
    private final String route;
    private final String group;
    private final TopicPartition partition;
    private final String labels;
    private final Timeline timeline;
    private final Map<Class<?>, Values<?>> values = new ConcurrentHashMap<>();

    PartitionRow(String route, String group, TopicPartition partition, Timeline timeline) {
        this.route = route;
        this.group = group;
        this.partition = partition;
        this.timeline = timeline;
        this.labels = labels(group, Integer.toString(partition.partition()), route, partition.topic());
    }

    /** One that nobody is shown. */
    public static PartitionRow unseen(TopicPartition partition) {
        return new PartitionRow("", "", partition, new Timeline(Clock.systemUTC()));
    }

    /** The figures of this enum; to be asked for once, not for each record. */
    @SuppressWarnings("unchecked") // each class is there with its own figures
    public <F extends Enum<F> & PartitionMetric> Values<F> of(Class<F> figures) {
        return (Values<F>) values.computeIfAbsent(figures, type -> new Values<>(figures.getEnumConstants()));
    }

    /** Something has happened to the partition just now. */
    public void happened(Timeline.Happening what) {
        timeline.add(route, what);
    }

    /** The classes whose figures it has, with those. */
    Map<Class<?>, Values<?>> all() {
        return values;
    }

    /** Which it is. */
    public TopicPartition partition() {
        return partition;
    }

    String route() {
        return route;
    }

    String group() {
        return group;
    }

    /** The labels, in the order of their names, without braces. */
    String labels() {
        return labels;
    }

    /** The labels of what is shown for all partitions of its topic. */
    String topicLabels() {
        return labels(group, null, route, partition.topic());
    }

    /** The labels of what is shown for all topics of its route. */
    String routeLabels() {
        return labels(group, null, route, null);
    }

    private static String labels(String group, String number, String route, String topic) {
        return Exposition.labels("group", group, "partition", number, "route", route, "topic", topic);
    }
}
