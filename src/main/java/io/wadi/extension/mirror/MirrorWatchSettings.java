package io.wadi.extension.mirror;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

public final class MirrorWatchSettings {
    public static final Setting<String> FILE = optional(
            "wadi.mirror.file",
            "none",
            "MirrorMaker 2 configuration file; its clusters are monitored for health and metrics. MirrorMaker itself runs elsewhere.");
    public static final Setting<Duration> HEARTBEAT_TIMEOUT = duration(
            "wadi.mirror.heartbeat-timeout", "30s", "2s", "1h", "Heartbeat age above which a mirror is unhealthy.");
    public static final Setting<Duration> MAX_LAG = duration(
            "wadi.mirror.max-lag",
            "5m",
            "1s",
            "1d",
            "Age of the first record not yet copied above which a mirror is unhealthy.");

    static final List<Setting<?>> ALL = Setting.declaredIn(MirrorWatchSettings.class);

    private MirrorWatchSettings() {}
}
