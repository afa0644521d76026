package io.wadi.management.lag;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the lag monitor. */
public final class LagSettings {
    public static final Setting<Boolean> ENABLED =
            flag("wadi.lag.enabled", "true", "Whether to monitor the lag of all consumer groups of the cluster.");
    public static final Setting<String> CLUSTER =
            text("wadi.lag.cluster", "kafka", "Name of the cluster in the paths of Burrow's API, /v3/kafka/NAME.");
    public static final Setting<Duration> INTERVAL = duration(
            "wadi.lag.interval",
            "10s",
            "1s",
            "10m",
            "Interval between samples of committed and end offsets; commits within half of it are merged.");
    public static final Setting<Long> MAX_LAG =
            number("wadi.lag.max-lag", "0", 0, 1_000_000_000_000L, "Lag in records up to which a partition is OK.");
    public static final Setting<Long> MIN_COMMITS = number(
            "wadi.lag.min-commits",
            "3",
            1,
            10,
            "Minimum number of the last 10 commits for an evaluation; a partition with fewer is OK.");
    public static final Setting<Long> MAX_GROUPS = number(
            "wadi.lag.max-groups",
            "1000",
            1,
            100_000,
            "Maximum number of monitored groups, about 4 KB of memory each in addition to their partitions; further ones in alphabetical order are not monitored.");
    public static final Setting<Long> MAX_PARTITIONS = number(
            "wadi.lag.max-partitions",
            "20000",
            1,
            1_000_000,
            "Maximum number of monitored partitions, counted per group; about 1 KB of memory each.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(LagSettings.class);

    private LagSettings() {}
}
