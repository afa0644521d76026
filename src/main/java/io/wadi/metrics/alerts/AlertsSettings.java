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
            flag("wadi.alerts.enabled", "true", "Whether the rules of alerts.yaml are asked.");
    public static final Setting<String> FILE = text(
            "wadi.alerts.file",
            "alerts.yaml",
            "The rules of alerts: a file, or the jar's own copy where there is none.");
    public static final Setting<List<String>> TOPICS = list(
            "wadi.alerts.topics",
            "metric.cpu,metric.memory",
            "The topics whose documents the rules look at, keyed by host, all of as many partitions.");
    public static final Setting<String> APPLICATION = text(
            "wadi.alerts.application",
            "wadi-alerts",
            "The application id in Kafka Streams: the consumer group, and the beginning of the state's topic.");
    public static final Setting<Duration> MAX_CLOCK_SKEW = duration(
            "wadi.alerts.max-clock-skew",
            "5m",
            "1s",
            "1d",
            "A document of a time that is further ahead than this is refused.");
    public static final Setting<Long> MAX_HOSTS = number(
            "wadi.alerts.max-hosts",
            "10000",
            1,
            1000000,
            "Hosts that each partition knows at once; the documents of more are refused.");
    public static final Setting<Duration> HOST_TTL = duration(
            "wadi.alerts.host-ttl",
            "1d",
            "10m",
            "30d",
            "A host that is silent for this long is forgotten, and its alerts are ended.");

    /** All of them. */
    public static final List<Setting<?>> ALL =
            List.of(ENABLED, FILE, TOPICS, APPLICATION, MAX_CLOCK_SKEW, MAX_HOSTS, HOST_TTL);

    private AlertsSettings() {}
}
