package io.wadi.metrics;

import static io.wadi.runtime.config.Setting.decimal;
import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.some;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of server metrics, including the metrics of this machine. */
public final class MetricsSettings {
    public static final Setting<String> TOPIC =
            text("wadi.metrics.topic", "metric.all", "The input topic of server metrics.");
    public static final Setting<String> GROUP =
            text("wadi.metrics.group", "wadi-metrics", "The consumer group of the metrics routing.");
    public static final Setting<Long> CONSUMERS = number(
            "wadi.metrics.consumers",
            "2",
            1,
            64,
            "Consumer threads of this process; threads beyond the number of partitions are idle.");
    public static final Setting<String> CPU_TOPIC =
            text("wadi.metrics.cpu-topic", "metric.cpu", "Topic to which cpu documents are routed.");
    public static final Setting<String> MEMORY_TOPIC =
            text("wadi.metrics.memory-topic", "metric.memory", "Topic to which memory documents are routed.");
    public static final Setting<String> CPU_ALERT_TOPIC =
            text("wadi.metrics.cpu-alert-topic", "metric.cpu.alert", "The topic of cpu alerts.");
    public static final Setting<String> MEMORY_ALERT_TOPIC =
            text("wadi.metrics.memory-alert-topic", "metric.memory.alert", "The topic of memory alerts.");
    public static final Setting<Double> CPU_THRESHOLD = decimal(
            "wadi.metrics.cpu-threshold",
            "0.5",
            0,
            1,
            "CPU share of all cores above which an alert is raised (exclusive).");
    public static final Setting<Double> MEMORY_THRESHOLD = decimal(
            "wadi.metrics.memory-threshold",
            "0.9",
            0,
            1,
            "Share of memory in use above which an alert is raised (exclusive).");
    public static final Setting<String> OTHER_TOPIC = optional(
            "wadi.metrics.other-topic",
            "no topic",
            "The topic of documents that match no branch of the route; empty: they are dropped and counted.");
    public static final Setting<Boolean> EXACTLY_ONCE = flag(
            "wadi.metrics.exactly-once",
            "false",
            "Whether routed documents and alerts are written in one transaction with the consumer offsets.");
    public static final Setting<Boolean> HOST_ENABLED =
            flag("wadi.host-metrics.enabled", "true", "Whether the metrics of this machine are collected.");
    public static final Setting<Duration> HOST_INTERVAL = duration(
            "wadi.host-metrics.interval", "10s", "1s", "1h", "Interval of collecting the metrics of this machine.");
    public static final Setting<List<String>> HOST_METRICSETS = some(
            "wadi.host-metrics.metricsets",
            "cpu,memory,load,filesystem,network",
            List.of("cpu", "memory", "load", "filesystem", "network"),
            "The metricsets to collect.");

    static final List<Setting<?>> ALL = Setting.declaredIn(MetricsSettings.class);

    private MetricsSettings() {}
}
