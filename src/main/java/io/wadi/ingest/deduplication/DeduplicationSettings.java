package io.wadi.ingest.deduplication;

import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of the deduplication of events. */
public final class DeduplicationSettings {
    public static final Setting<String> GROUP = text(
            "wadi.deduplication.group",
            "wadi-deduplication",
            "Consumer group of the flow from inboxes to their topics.");
    public static final Setting<Long> CONSUMERS = number(
            "wadi.deduplication.consumers",
            "1",
            0,
            64,
            "Number of consumers of the flow from inboxes to their topics; 0 if only other instances run it.");
    public static final Setting<Long> MAX_RECORDS = number(
            "wadi.deduplication.max-records",
            "5000",
            1,
            100_000,
            "Maximum number of events of a poll of the flow from inboxes to their topics, and of waiting events that"
                    + " bypass one partition; a transaction has all of these, of one or two polls.");
    public static final Setting<Long> MAX_IDS = number(
            "wadi.deduplication.max-ids",
            "1000000",
            2,
            1_000_000_000,
            "Maximum number of event ids within their windows in this process, each of which takes 64 bytes outside the"
                    + " heap; one client may have twice the number of free ids. Events with further ids get 503.");

    static final List<Setting<?>> ALL = Setting.declaredIn(DeduplicationSettings.class);

    private DeduplicationSettings() {}
}
