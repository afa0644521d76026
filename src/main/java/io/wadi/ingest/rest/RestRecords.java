package io.wadi.ingest.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonPointers;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.JsonBody;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.StrictJsonParser;
import io.wadi.ingest.event.ValueTooLongException;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.header.Header;

/**
 * The body of a produce request, {@code {"records":[{"key":…,"value":…,"partition":…,"timestamp":…,"headers":…}]}},
 * read in steps, so that a long body does not occupy the event loop. No record is available before the whole body is
 * read: a malformed body has no records.
 *
 * <p>A JSON value keeps its bytes as sent; {@code null} is a tombstone. A JSON key is written without whitespace, so
 * that equal keys have equal bytes.
 */
public final class RestRecords implements AutoCloseable {
    /** The maximum number of records: a short record takes much more memory than its bytes in the body. */
    private static final int MAX_RECORDS = 100_000;
    /** Records, or tokens of a skipped record, after which {@code isOver} is called: reading the clock takes time. */
    private static final int RECORDS_PER_CHECK = 16;

    private static final int TOKENS_PER_CHECK = 1_024;
    private static final int BYTES_PER_CHECK = 16 << 10;

    private static final int TOO_LARGE = 413;
    private static final int UNAVAILABLE = 503;
    /** The memory of a record until the response, besides its bytes in the body. */
    private static final long RECORD_BYTES = 128;
    /** The same for each header without its name. */
    private static final long HEADER_BYTES = 128;

    private static final Set<String> SCHEMAS = Set.of("key_schema", "key_schema_id", "value_schema", "value_schema_id");

    private final JsonBody json;
    private final StrictJsonParser parser;
    private final RestTypes.Format format;
    private final Integer path;
    private final int maxRecord;
    private final Lease lease;
    /** The memory of the parser, and of the copies that the records are, while the body is also in memory. */
    private final Charge parserCharge;

    private final List<Event> records = new ArrayList<>();
    /** The bytes of the keys and values of the records. */
    private long copied;
    /** The array of records while the parser is in it; null before and after it. */
    private JsonStreamContext array;
    /** Whether the rest of a record that is too long is being skipped. */
    private boolean isSkipping;

    private int recordsSinceCheck;
    private int checkedPosition;

    /**
     * Starts reading.
     *
     * @param path the partition in the request's path; null for none
     * @param maxRecord the maximum bytes of a record in the body; longer ones are rejected alone
     * @param lease is charged with the records besides their bytes in the body, such as keys that are longer than in
     *     the body, and between steps with the parser and with the records' keys and values, which are copies
     */
    public RestRecords(byte[] body, RestTypes.Format format, Integer path, int maxRecord, Lease lease) {
        this.json = JsonBody.ofMany(body);
        this.parser = json.parser();
        this.format = format;
        this.path = path;
        this.maxRecord = maxRecord;
        this.lease = lease;
        this.parserCharge = new Charge(lease);
    }

    /**
     * Reads on until the end of the body or until it should yield.
     *
     * @param isOver returns whether to yield; called every few records
     * @return all records in order, invalid ones as rejected; null if it yielded
     * @throws RestException 400 if the body is not JSON, 422 if it is not a list of at least one record, 413 if it has
     *     more than 100,000, 503 if there is no memory for them
     * @throws io.wadi.ingest.event.RequestException as {@link JsonBody#ofMany} describes
     */
    public List<Event> read(BooleanSupplier isOver) {
        try {
            if (!readUntil(isOver)) {
                parserCharge.to(parser.heldBytes() + copied);
                return null;
            }
            json.end();
            return records;
        } catch (JsonProcessingException e) {
            throw new RestException(RestError.of(400, "the body is not JSON: " + json.explainBody(e)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the partition in a path.
     *
     * @return empty if it is not a number, which is {@link RestError#noPartition}
     */
    public static Optional<Integer> partition(String segment) {
        return segment.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(segment)) : Optional.empty();
    }

    /** Returns false if it yielded before the end of the body's object. */
    private boolean readUntil(BooleanSupplier isOver) throws IOException {
        if (parser.currentToken() == null && parser.nextToken() != JsonToken.START_OBJECT) {
            throw unprocessable("the body is not a JSON object; send {\"records\":[…]}");
        }
        while (array != null || nextField()) {
            if (array != null && !readArray(isOver)) {
                return false;
            }
        }
        if (records.isEmpty()) {
            throw unprocessable("/records: expected at least one record");
        }
        return true;
    }

    /** Moves to the array of records or past another field; returns false after the last one. */
    private boolean nextField() throws IOException {
        if (parser.nextToken() == JsonToken.END_OBJECT) {
            return false;
        }
        if (!parser.currentName().equals("records")) {
            requireNoSchema(parser.currentName());
        } else if (parser.nextToken() == JsonToken.START_ARRAY) {
            array = parser.getParsingContext();
        } else {
            throw unprocessable("/records: not an array");
        }
        return true;
    }

    private boolean readArray(BooleanSupplier isOver) throws IOException {
        while (!isSkipping || skip(isOver)) {
            if (parser.nextToken() == JsonToken.END_ARRAY) {
                array = null;
                return true;
            }
            readRecord();
            if (isCheckDue() && isOver.getAsBoolean()) {
                return false;
            }
        }
        return false;
    }

    private void readRecord() throws IOException {
        if (records.size() == MAX_RECORDS) {
            throw new RestException(RestError.of(
                    TOO_LARGE,
                    "/records: there are more than %,d records; send them in several requests".formatted(MAX_RECORDS)));
        }
        String pointer = "/records/" + records.size();
        Event record;
        int begin = parser.position();
        parser.limitPosition((int) Math.min(Integer.MAX_VALUE - 1, begin + (long) maxRecord));
        try {
            record = new RestRecord(json, format, pointer).read(path);
        } catch (ValueTooLongException e) {
            record = Event.rejected(new Problem(pointer, "longer than %d bytes".formatted(maxRecord)));
            isSkipping = true;
        }
        int copies = length(record.key()) + length(record.value());
        int longer = Math.max(0, copies - (parser.position() - begin));
        if (!lease.grow(bytes(record) + longer)) {
            throw new RestException(RestError.of(UNAVAILABLE, "not enough memory for the request's records"));
        }
        records.add(record);
        copied += copies;
    }

    private static int length(byte[] copy) {
        return copy == null ? 0 : copy.length;
    }

    private boolean isCheckDue() throws IOException {
        recordsSinceCheck++;
        if (recordsSinceCheck < RECORDS_PER_CHECK && parser.position() - checkedPosition < BYTES_PER_CHECK) {
            return false;
        }
        recordsSinceCheck = 0;
        checkedPosition = parser.position();
        json.checkRead();
        return true;
    }

    /** Skips the rest of a record that is too long; returns false if it yielded. */
    private boolean skip(BooleanSupplier isOver) throws IOException {
        for (int tokens = 1; parser.getParsingContext() != array; tokens++) {
            if (tokens % TOKENS_PER_CHECK == 0 && isOver.getAsBoolean()) {
                return false;
            }
            parser.nextToken();
        }
        isSkipping = false;
        return true;
    }

    /** Returns the memory of a record besides its key and value; a name may take two bytes a character. */
    private static long bytes(Event record) {
        if (record.problem() != null) {
            return RECORD_BYTES + record.problem().heldBytes();
        }
        long bytes = RECORD_BYTES;
        for (Header each : record.headers()) {
            bytes += HEADER_BYTES + each.key().length();
        }
        return bytes;
    }

    /** Clients without a schema send null for it, or omit it. */
    private void requireNoSchema(String field) throws IOException {
        if (!SCHEMAS.contains(field) || parser.nextToken() != JsonToken.VALUE_NULL) {
            throw unprocessable(JsonPointers.of(field)
                    + (SCHEMAS.contains(field)
                            ? ": expected null, since the topic declares its schema"
                            : ": unknown field, expected records"));
        }
    }

    private static RestException unprocessable(String message) {
        return new RestException(RestError.of(422, message));
    }

    /** Releases the parser; the records remain charged until the lease ends. */
    @Override
    public void close() {
        parserCharge.close();
        try {
            json.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
