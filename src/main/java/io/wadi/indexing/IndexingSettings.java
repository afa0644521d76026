package io.wadi.indexing;

import static io.wadi.runtime.config.Setting.flag;
import static io.wadi.runtime.config.Setting.number;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.size;
import static io.wadi.runtime.config.Setting.text;

import io.wadi.runtime.config.Setting;
import java.util.List;

/** The settings of indexing. */
public final class IndexingSettings {
    public static final Setting<String> TOPIC =
            text("wadi.indexing.topic", "select-color", "The topic that is indexed.");
    public static final Setting<String> INDEX = text(
            "wadi.indexing.index",
            "select-color-index",
            "The index, alias or data stream it is indexed to; {yyyy.MM.dd} in it is the event's day.");
    public static final Setting<String> TIME_FIELD = optional(
            "wadi.indexing.time-field",
            "Kafka's timestamp",
            "The field of an event that says when it was; empty: Kafka's timestamp.");
    public static final Setting<Boolean> ADD_TIMESTAMP = flag(
            "wadi.indexing.add-timestamp",
            "false",
            "Whether documents without @timestamp get that time as such, as data streams need it.");
    public static final Setting<String> KEY_FIELD = optional(
            "wadi.indexing.key-field",
            "documents have no keys",
            "The field of a document that its record's key becomes; empty: documents have no keys.");
    public static final Setting<String> SETUP = text(
            "wadi.indexing.setup",
            "elasticsearch",
            "The directory of the templates and policies that are installed at start, or the jar's own where there is none.");
    public static final Setting<String> GROUP =
            text("wadi.indexing.group", "wadi-indexing", "The consumer group of indexing.");
    public static final Setting<Long> MAX_BULK_DOCUMENTS =
            number("wadi.indexing.max-bulk-documents", "2000", 1, 100_000, "Documents in one _bulk request at most.");
    public static final Setting<Long> MAX_BULK_BYTES = size(
            "wadi.indexing.max-bulk-bytes",
            "5MiB",
            "1KiB",
            "90MiB",
            "Bytes of documents in one _bulk request at most.");
    public static final Setting<Long> MAX_REQUESTS =
            number("wadi.indexing.max-requests", "4", 1, 64, "_bulk requests under way at a time in this process.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            TOPIC,
            INDEX,
            TIME_FIELD,
            ADD_TIMESTAMP,
            KEY_FIELD,
            SETUP,
            GROUP,
            MAX_BULK_DOCUMENTS,
            MAX_BULK_BYTES,
            MAX_REQUESTS);

    private IndexingSettings() {}
}
