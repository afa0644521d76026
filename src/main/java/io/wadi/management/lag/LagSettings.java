package io.wadi.management.lag;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the watch over consumer lag. */
public final class LagSettings {
    public static final Setting<Boolean> ENABLED =
            flag("wadi.lag.enabled", "true", "Whether the lag of all consumer groups of the cluster is watched.");
    public static final Setting<String> CLUSTER =
            text("wadi.lag.cluster", "kafka", "The cluster's name in the paths of Burrow's form, /v3/kafka/NAME.");
    public static final Setting<Duration> INTERVAL = duration(
            "wadi.lag.interval",
            "10s",
            "1s",
            "10m",
            "How often offsets and ends are looked at; commits closer together than half of it count as one.");
    public static final Setting<Long> MAX_LAG = number(
            "wadi.lag.max-lag", "0", 0, 1_000_000_000_000L, "Records that a partition may be behind and still is OK.");
    public static final Setting<Long> MIN_COMMITS =
            number("wadi.lag.min-commits", "3", 1, 10, "A partition with fewer commits in the last 10 is not judged.");
    public static final Setting<Long> MAX_GROUPS =
            number("wadi.lag.max-groups", "1000", 1, 100_000, "Groups that are watched, the first by name.");
    public static final Setting<Long> MAX_PARTITIONS = number(
            "wadi.lag.max-partitions",
            "20000",
            1,
            1_000_000,
            "Partitions that are judged, those of each group counted; some 1 KB each.");

    /** All of them. */
    public static final List<Setting<?>> ALL =
            List.of(ENABLED, CLUSTER, INTERVAL, MAX_LAG, MIN_COMMITS, MAX_GROUPS, MAX_PARTITIONS);

    private LagSettings() {}
}
