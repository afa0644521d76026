package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.LimitedLease;
import io.wadi.ingest.rest.RestTypes.Format;
import java.util.List;

/** Reads bodies of the REST API of Kafka. */
abstract class RestRecordsTestSupport {
    static final int MAX_RECORD = 4 << 20;

    static List<Event> read(Format format, String body) {
        return read(body.getBytes(UTF_8), format, null, new LimitedLease(Long.MAX_VALUE));
    }

    static List<Event> read(byte[] body, Format format, Integer path, Lease lease) {
        try (RestRecords records = new RestRecords(body, format, path, MAX_RECORD, lease)) {
            return records.read(() -> false);
        }
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
