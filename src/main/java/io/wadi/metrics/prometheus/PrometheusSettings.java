package io.wadi.metrics.prometheus;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of scrapes of Prometheus targets. */
public final class PrometheusSettings {
    public static final Setting<String> TARGETS = optional(
            "wadi.prometheus.targets",
            "none",
            "Prometheus targets to scrape, [NAME=]HOST:PORT or [NAME=]URL, separated by commas; empty: none.");
    public static final Setting<Duration> INTERVAL =
            duration("wadi.prometheus.interval", "15s", "1s", "1h", "Scrape interval.");
    public static final Setting<Duration> TIMEOUT = duration(
            "wadi.prometheus.timeout",
            "10s",
            "100ms",
            "10m",
            "Timeout of a whole response, at most the interval; a target that exceeds it is down.");
    public static final Setting<Long> MAX_BODY = size(
            "wadi.prometheus.max-body",
            "4MiB",
            "1KiB",
            "256MiB",
            "Maximum size of an exposition, compressed and decompressed; a target that exceeds it is down.");

    static final List<Setting<?>> ALL = Setting.declaredIn(PrometheusSettings.class);

    private PrometheusSettings() {}
}
