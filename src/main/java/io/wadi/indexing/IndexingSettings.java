package io.wadi.indexing;

import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.indexing.setup.SetupFiles;
import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of indexing. */
public final class IndexingSettings {
    public static final Setting<String> TOPIC = text("wadi.indexing.topic", "select-color", "Topic to index.");
    public static final Setting<String> INDEX = text(
            "wadi.indexing.index",
            "select-color-index",
            "Target index, alias or data stream; {yyyy.MM.dd} or {yyyy.MM} in it is the event's day or month in UTC.");
    public static final Setting<String> TIME_FIELD = optional(
            "wadi.indexing.time-field", "Kafka's timestamp", "Field with the event's time; empty: Kafka's timestamp.");
    public static final Setting<Boolean> ADD_TIMESTAMP = flag(
            "wadi.indexing.add-timestamp",
            "false",
            "Whether to add the event's time as @timestamp to documents without one, as data streams require.");
    public static final Setting<String> KEY_FIELD = optional(
            "wadi.indexing.key-field",
            "no key",
            "Document field for the record's key; empty: documents do not contain the key.");
    public static final Setting<String> SETUP = text(
            "wadi.indexing.setup",
            SetupFiles.DEFAULT,
            "Directory of templates and policies installed at start; if the default one does not exist, the bundled"
                    + " ones.");
    public static final Setting<String> GROUP =
            text("wadi.indexing.group", "wadi-indexing", "Consumer group of indexing.");
    public static final Setting<Long> CONSUMERS = number(
            "wadi.indexing.consumers",
            "1",
            1,
            64,
            "Number of indexing threads in this process; each is a group member with a share of the partitions, and"
                    + " threads beyond the number of partitions are idle.");
    public static final Setting<Long> MAX_BULK_DOCUMENTS = number(
            "wadi.indexing.max-bulk-documents",
            "2000",
            1,
            100_000,
            "Maximum number of documents in one _bulk request.");
    public static final Setting<Long> MAX_BULK_BYTES = size(
            "wadi.indexing.max-bulk-bytes",
            "5MiB",
            "1KiB",
            "90MiB",
            "Maximum size of the documents in one _bulk request.");
    public static final Setting<Long> MAX_REQUESTS = number(
            "wadi.indexing.max-requests", "4", 1, 64, "Maximum number of concurrent _bulk requests in this process.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(IndexingSettings.class);

    private IndexingSettings() {}
}
