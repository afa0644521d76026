package io.wadi.indexing.document;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.wadi.format.JsonParsers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The time of an event: a field of the document, else the record's timestamp in Kafka. Thread-safe.
 *
 * <p>The field selects an index only if its time is at most 31 days before, and at most one day after, Kafka's
 * timestamp. Without this limit, a client with times in another unit would create an index for almost every document.
 */
public final class EventTime {
    private static final long MAX_BEHIND_MS = Duration.ofDays(31).toMillis();
    private static final long MAX_AHEAD_MS = Duration.ofDays(1).toMillis();
    private static final String TIMESTAMP = "@timestamp";
    /** A date, with or without a time, as in Elasticsearch's default format of dates. */
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .append(DateTimeFormatter.ISO_LOCAL_DATE)
            .optionalStart()
            .appendLiteral('T')
            .append(DateTimeFormatter.ISO_LOCAL_TIME)
            .appendPattern("[XXX][XX][X]")
            .optionalEnd()
            .toFormatter();

    private final String field;

    /**
     * Creates an event time.
     *
     * @param field the name of a top-level field of the document; empty for Kafka's timestamp
     */
    public EventTime(String field) {
        this.field = field;
    }

    /**
     * The top-level fields of a document that concern its time.
     *
     * @param hasTimestamp whether it has an {@code @timestamp} of its own
     * @param value the value of the time field, or null
     */
    private record Found(boolean hasTimestamp, String value) {}

    /**
     * Returns the time in milliseconds since the epoch, always the same for the same record. It is Kafka's timestamp if
     * the field is missing, is not a time (which Elasticsearch then rejects), or is too far from Kafka's timestamp.
     *
     * @throws IllegalArgumentException if the field is too long to be read
     */
    long millis(ConsumerRecord<?, ?> consumed, ByteBuffer json) {
        long kafkas = consumed.timestamp();
        String text = field.isEmpty() ? null : find(json).value();
        try {
            long time = text == null ? kafkas : parse(text);
            return time >= kafkas - MAX_BEHIND_MS && time <= kafkas + MAX_AHEAD_MS ? time : kafkas;
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            return kafkas;
        }
    }

    /**
     * Like {@link #millis(ConsumerRecord, ByteBuffer)}, for any value; it is Kafka's timestamp unless the value is a
     * JSON object.
     */
    public long millis(ConsumerRecord<?, ?> consumed, byte[] value) {
        try {
            return value == null
                    ? consumed.timestamp()
                    : millis(consumed, JsonObjects.inOneLine(ByteBuffer.wrap(value)));
        } catch (IllegalArgumentException e) {
            return consumed.timestamp();
        }
    }

    private static long parse(String text) {
        if (text.matches("-?\\d+")) {
            return Long.parseLong(text);
        }
        TemporalAccessor read = FORMAT.parseBest(text, Instant::from, LocalDateTime::from, LocalDate::from);
        if (read instanceof LocalDate day) {
            return day.atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
        }
        Instant instant = read instanceof LocalDateTime local ? local.toInstant(ZoneOffset.UTC) : (Instant) read;
        return instant.toEpochMilli();
    }

    /**
     * Returns the document with an {@code @timestamp}: its own, else the field's value, else Kafka's timestamp.
     *
     * @throws IllegalArgumentException if it has none of them, or the field is too long to be read
     */
    ByteBuffer withTimestamp(ConsumerRecord<?, ?> consumed, ByteBuffer json) {
        Found found = find(json);
        if (found.hasTimestamp()) {
            return json;
        }
        if (found.value() == null && consumed.timestamp() < 0) {
            throw new IllegalArgumentException("neither the document nor its record has a timestamp");
        }
        String value = found.value() == null
                ? Instant.ofEpochMilli(consumed.timestamp()).toString()
                : found.value();
        return JsonObjects.withField(json, TIMESTAMP, JsonObjects.quoted(value));
    }

    private Found find(ByteBuffer json) {
        try {
            return JsonObjects.PARSERS.parse(json, this::find);
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException("field " + field + ": " + JsonParsers.reason(e), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // Already checked to be JSON.
        }
    }

    private Found find(JsonParser parser) throws IOException {
        boolean hasTimestamp = false;
        String value = null;
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            hasTimestamp |= name.equals(TIMESTAMP);
            if (name.equals(field) && token.isScalarValue() && token != JsonToken.VALUE_NULL) {
                value = parser.getText();
            }
            parser.skipChildren();
        }
        return new Found(hasTimestamp, value);
    }
}
