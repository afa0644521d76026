package io.wadi.extension.mirror;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the watch over a mirror. */
public final class MirrorWatchSettings {
    public static final Setting<String> FILE = optional(
            "wadi.mirror.file",
            "none",
            "The file of MirrorMaker's whose clusters are looked at, for health and metrics; MirrorMaker itself runs elsewhere.");
    public static final Setting<Duration> HEARTBEAT_TIMEOUT = duration(
            "wadi.mirror.heartbeat-timeout",
            "30s",
            "2s",
            "1h",
            "A mirror through which no heartbeat has come for this long is unhealthy.");
    public static final Setting<Duration> MAX_LAG = duration(
            "wadi.mirror.max-lag",
            "5m",
            "1s",
            "1d",
            "A mirror with a record that waits for longer than this is unhealthy.");

    static final List<Setting<?>> ALL = List.of(FILE, HEARTBEAT_TIMEOUT, MAX_LAG);

    private MirrorWatchSettings() {}
}
