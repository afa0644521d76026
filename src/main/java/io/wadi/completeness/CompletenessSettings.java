package io.wadi.completeness;

import static io.wadi.runtime.config.Setting.duration;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of completeness. */
public final class CompletenessSettings {
    public static final Setting<Duration> INTERVAL = duration(
            "wadi.completeness.interval",
            "3s",
            "0s",
            "10m",
            "Interval between evaluations of watermarks; 0s turns off their endpoint, metric and _COMPLETE files.");
    public static final Setting<Duration> MAX_CLOCK_SKEW = duration(
            "wadi.completeness.max-clock-skew",
            "1s",
            "0s",
            "10m",
            "Maximum difference between the clocks of brokers and this process; watermarks by append time are earlier by it.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(CompletenessSettings.class);

    private CompletenessSettings() {}
}
