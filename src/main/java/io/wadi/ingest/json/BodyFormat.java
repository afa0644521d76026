package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.util.Locale;

/** The format of a body of events. */
public enum BodyFormat {
    /** A JSON object, or an array of JSON objects. */
    JSON,
    /** An array of JSON objects. */
    ARRAY,
    /** One JSON object per line. */
    LINES,
    /** An array of JSON objects if the text starts with a bracket, otherwise lines. */
    TEXT;

    /**
     * Returns the format of a Content-Type, regardless of its case and parameters.
     *
     * @throws RequestException 415 for an unsupported type
     */
    public static BodyFormat of(String contentType) {
        int parameters = contentType.indexOf(';');
        String named = parameters < 0 ? contentType : contentType.substring(0, parameters);
        String type = named.strip().toLowerCase(Locale.ROOT);
        return switch (type) {
            case "application/x-ndjson", "application/ndjson" -> LINES;
            case "application/json" -> JSON;
            case "text/plain" -> TEXT;
            default ->
                throw RequestException.unsupported(
                        "Content-Type %s is not supported; send application/json, application/x-ndjson or text/plain"
                                .formatted(type.isEmpty() ? "(none)" : type));
        };
    }

    Splitter splitter(JsonEvents events, EventCheck check, int maxEvent, Lease lease) {
        return new ByteOrderMarkFilter(
                switch (this) {
                    case JSON -> new ArraySplitter(events, check, maxEvent, lease, /* isArray= */ false);
                    case ARRAY -> new ArraySplitter(events, check, maxEvent, lease, /* isArray= */ true);
                    case LINES -> new LineSplitter(events, check, maxEvent, lease);
                    case TEXT ->
                        new TextSplitter(
                                new LineSplitter(events, check, maxEvent, lease),
                                new ArraySplitter(events, check, maxEvent, lease, /* isArray= */ false));
                });
    }
}
