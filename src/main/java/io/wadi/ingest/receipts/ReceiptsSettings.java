package io.wadi.ingest.receipts;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.number;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of requests for receipts. */
public final class ReceiptsSettings {
    public static final Setting<Long> MAX_WAITING = number(
            "wadi.receipts.max-waiting",
            "2000",
            1,
            100_000,
            "Maximum requests for receipts in flight; additional ones, and those of one client beyond its share, are rejected with 503.");
    public static final Setting<Duration> MAX_WAIT = duration(
            "wadi.receipts.max-wait",
            "1m",
            "1s",
            "1h",
            "Maximum wait that a request for receipts may specify; longer ones are rejected with 422.");
    public static final Setting<Long> MAX_RECEIPTS = number(
            "wadi.receipts.max-receipts",
            "100",
            1,
            1000,
            "Maximum receipts in one POST /receipts; more are rejected with 422.");
    public static final Setting<Long> MAX_DEAD_LETTERS = number(
            "wadi.receipts.max-dead-letters",
            "100000",
            1000,
            10_000_000,
            "Maximum records with dead letters in memory for receipts, of about 0.4 KB each; in any case at most a thirty-second of the heap. The oldest ones are removed first.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(ReceiptsSettings.class);

    private ReceiptsSettings() {}
}
