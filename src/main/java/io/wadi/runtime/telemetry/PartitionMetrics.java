package io.wadi.runtime.telemetry;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/** The metrics of one partition while it is assigned to a route's consumer. Thread-safe. */
public final class PartitionMetrics {
    private final String route;
    private final String group;
    private final TopicPartition partition;
    private final String labels;
    private final Timeline timeline;
    private final Map<Class<?>, MetricValues<?>> values = new ConcurrentHashMap<>();

    PartitionMetrics(String route, String group, TopicPartition partition, Timeline timeline) {
        this.route = route;
        this.group = group;
        this.partition = partition;
        this.timeline = timeline;
        this.labels = labels(group, Integer.toString(partition.partition()), route, partition.topic());
    }

    /** Returns metrics that are not exposed. */
    public static PartitionMetrics unregistered(TopicPartition partition) {
        return new PartitionMetrics("", "", partition, new Timeline(Clock.systemUTC()));
    }

    /** Returns the values of an enum of metrics. Callers should keep the result. */
    @SuppressWarnings("unchecked") // each class is mapped to its own values
    public <F extends Enum<F> & PartitionMetric> MetricValues<F> of(Class<F> type) {
        return (MetricValues<F>) values.computeIfAbsent(type, any -> new MetricValues<>(type.getEnumConstants()));
    }

    public void addEvent(Timeline.Event event) {
        timeline.add(route, event);
    }

    Map<Class<?>, MetricValues<?>> all() {
        return values;
    }

    public TopicPartition partition() {
        return partition;
    }

    String route() {
        return route;
    }

    /** Returns the consumer group. */
    public String group() {
        return group;
    }

    /** Returns the labels sorted by name, without braces. */
    String labels() {
        return labels;
    }

    /** Returns the labels of the aggregation by topic. */
    String topicLabels() {
        return labels(group, null, route, partition.topic());
    }

    /** Returns the labels of the aggregation by route. */
    String routeLabels() {
        return labels(group, null, route, null);
    }

    private static String labels(String group, String number, String route, String topic) {
        return Exposition.labels("group", group, "partition", number, "route", route, "topic", topic);
    }
}
