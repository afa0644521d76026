package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.limits.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the body of a produce request: {@code
 * {"records":[{"key":…,"value":…,"partition":…,"timestamp":…,"headers":…}]}}.
 */
public final class RestRecords {
    /** A record that is read takes much more room than its bytes in the body, where these are few. */
    private static final int MOST = 100_000;

    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    /** The memory of a record until the response, besides its bytes in the body. */
    private static final long RECORD_BYTES = 128;
    /** The same of a record's problem. */
    private static final long PROBLEM_BYTES = 256;
    /** The same of each header. */
    private static final long HEADER_BYTES = 128;

    private static final Set<String> SCHEMAS = Set.of("key_schema", "key_schema_id", "value_schema", "value_schema_id");

    private RestRecords() {}

    /**
     * The records in their order, those that cannot be taken as refused ones. A value in JSON stays byte for byte as it was
     * sent; {@code null} is a tombstone. A key in JSON is written again without blanks: equal keys have equal bytes.
     *
     * @param path the partition that the path names; null where it names none
     * @param lease is charged with the records beside their bytes in the body
     * @throws RestException 400 where the body is not JSON, 422 where it is no list of at least one record, 413 where it is one
     *     of more than 100,000, 503 without memory for them
     * @throws io.wadi.ingest.event.RequestException as {@link JsonBody#ofMany} does
     */
    public static List<Event> read(byte[] body, RestTypes.Format format, Integer path, Lease lease) {
        try (JsonBody json = JsonBody.ofMany(body)) {
            List<Event> records = records(json, format, path, lease);
            json.end();
            return records;
        } catch (JsonProcessingException e) {
            throw new RestException(RestError.of(400, "the body is not JSON: " + JsonBody.explain(e)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The partition that a path names.
     *
     * @return empty for what is no partition's number, which is {@link RestError#noPartition}
     */
    public static Optional<Integer> partition(String segment) {
        return segment.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(segment)) : Optional.empty();
    }

    private static List<Event> records(JsonBody json, RestTypes.Format format, Integer path, Lease lease)
            throws IOException {
        JsonParser parser = json.parser();
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw unprocessable("the body is not a JSON object; send {\"records\":[…]}");
        }
        List<Event> records = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (!field.equals("records")) {
                requireNoSchema(field, parser);
                continue;
            }
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw unprocessable("/records: not an array");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (records.size() == MOST) {
                    throw new RestException(RestError.of(
                            TOO_LARGE,
                            "/records: there are more than %,d records; send them in several requests"
                                    .formatted(MOST)));
                }
                Event record = new RestRecord(json, format, "/records/" + records.size()).read(path);
                if (!lease.grow(bytes(record))) {
                    throw new RestException(RestError.of(UNAVAILABLE, "not enough memory for the request's records"));
                }
                records.add(record);
            }
        }
        if (records.isEmpty()) {
            throw unprocessable("/records: expected at least one record");
        }
        return records;
    }

    private static long bytes(Event record) {
        return RECORD_BYTES + (record.problem() == null ? record.headers().size() * HEADER_BYTES : PROBLEM_BYTES);
    }

    /** Clients that have no schema send null for it, or nothing. */
    private static void requireNoSchema(String field, JsonParser parser) throws IOException {
        if (!SCHEMAS.contains(field) || parser.nextToken() != JsonToken.VALUE_NULL) {
            throw unprocessable("the body has a field other than records; the topic declares its schema");
        }
    }

    private static RestException unprocessable(String message) {
        return new RestException(RestError.unprocessable(message));
    }
}
