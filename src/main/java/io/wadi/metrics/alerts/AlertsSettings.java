package io.wadi.metrics.alerts;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of alerts. */
public final class AlertsSettings {
    public static final Setting<Boolean> ENABLED =
            flag("wadi.alerts.enabled", "true", "Whether the rules of alerts.yaml are evaluated.");
    public static final Setting<String> FILE = text(
            "wadi.alerts.file",
            "alerts.yaml",
            "The file of alert rules; the jar's own copy if the file does not exist.");
    public static final Setting<List<String>> TOPICS = list(
            "wadi.alerts.topics",
            "metric.cpu,metric.memory",
            "The input topics of the rules, keyed by host; all with the same number of partitions.");
    public static final Setting<String> APPLICATION = text(
            "wadi.alerts.application",
            "wadi-alerts",
            "The Kafka Streams application id: the consumer group, and the prefix of the changelog topic.");
    public static final Setting<Duration> MAX_CLOCK_SKEW = duration(
            "wadi.alerts.max-clock-skew",
            "5m",
            "1s",
            "1d",
            "Maximum clock skew; documents with a later timestamp are rejected.");
    public static final Setting<Long> MAX_HOSTS = number(
            "wadi.alerts.max-hosts",
            "10000",
            1,
            1000000,
            "Maximum number of hosts per partition; documents of further hosts are rejected.");
    public static final Setting<Duration> HOST_TTL = duration(
            "wadi.alerts.host-ttl",
            "1d",
            "10m",
            "30d",
            "Time without documents after which a host's state is removed and its alerts are resolved.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(AlertsSettings.class);

    private AlertsSettings() {}
}
