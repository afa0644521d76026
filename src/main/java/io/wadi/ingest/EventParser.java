package io.wadi.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Cuts a body into events: JSON objects, each exactly as the client wrote it. */
final class EventParser {
    private static final int UNSUPPORTED = 415;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // UTF-8 only: an event in UTF-16 would come out with byte offsets that are none, or cut at bytes that are
            // no line.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private EventParser() {}

    /** One event of a body, or why it is none. */
    static final class Parsed {
        private final byte[] value;
        private final String problem;

        private Parsed(byte[] value, String problem) {
            this.value = value;
            this.problem = problem;
        }

        /** The event's bytes; null where there is a problem. */
        byte[] value() {
            return value;
        }

        /** What is wrong and where; null where nothing is. */
        String problem() {
            return problem;
        }
    }

    /**
     * The events in the order they stand in. The body is UTF-8; a byte order mark at its beginning belongs to no event.
     *
     * @param contentType {@code application/x-ndjson} for an event a line, {@code application/json} for an object or an array
     *     of objects, {@code text/plain} for either
     * @throws IntakeException 415 for another type; 400 where the body as a whole is not JSON or holds no event
     */
    static List<Parsed> parse(byte[] received, String contentType) {
        byte[] body = withoutByteOrderMark(received);
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        List<Parsed> events =
                switch (type) {
                    case "application/x-ndjson", "application/ndjson" -> lines(body);
                    case "application/json" -> json(body);
                    case "text/plain" -> isArray(body) ? json(body) : lines(body);
                    default ->
                        throw new IntakeException(
                                UNSUPPORTED,
                                "Content-Type %s is not taken; send application/json, application/x-ndjson or text/plain"
                                        .formatted(type.isEmpty() ? "(none)" : type));
                };
        if (events.isEmpty()) {
            throw IntakeException.invalid("the body holds no event");
        }
        return events;
    }

    private static byte[] withoutByteOrderMark(byte[] body) {
        int mark = BYTE_ORDER_MARK.length;
        boolean marked = body.length >= mark && Arrays.equals(body, 0, mark, BYTE_ORDER_MARK, 0, mark);
        return marked ? Arrays.copyOfRange(body, mark, body.length) : body;
    }

    private static boolean isArray(byte[] body) {
        for (byte b : body) {
            if (!isBlank(b)) {
                return b == '[';
            }
        }
        return false;
    }

    private static List<Parsed> lines(byte[] body) {
        List<Parsed> events = new ArrayList<>();
        int number = 0;
        for (int start = 0; start < body.length; ) {
            int end = start;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            number++;
            byte[] line = trimmed(body, start, end);
            if (line.length > 0) {
                events.add(line(line, number));
            }
            start = end + 1;
        }
        return events;
    }

    private static byte[] trimmed(byte[] body, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && isBlank(body[from])) {
            from++;
        }
        while (to > from && isBlank(body[to - 1])) {
            to--;
        }
        return Arrays.copyOfRange(body, from, to);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r' || b == '\n';
    }

    private static Parsed line(byte[] line, int number) {
        try (JsonParser parser = JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Parsed(null, "line %d: an event is a JSON object".formatted(number));
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                return new Parsed(null, "line %d: more than one JSON value".formatted(number));
            }
            return new Parsed(line, null);
        } catch (JsonProcessingException e) {
            return new Parsed(null, "line %d, column %d: %s".formatted(number, column(e), e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Parsed> json(byte[] body) {
        List<Parsed> events = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(body)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                events.add(object(parser, body, 0));
            } else if (first == JsonToken.START_ARRAY) {
                for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                    events.add(object(parser, body, index));
                }
            } else if (first != null) {
                throw IntakeException.invalid("the body is neither a JSON object nor an array of them");
            }
            if (parser.nextToken() != null) {
                throw IntakeException.invalid("the body holds more than one JSON value");
            }
        } catch (JsonProcessingException e) {
            throw IntakeException.invalid("the body is not JSON: line %d, column %d: %s"
                    .formatted(
                            e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                            column(e),
                            e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return events;
    }

    /** The object the parser stands at the beginning of; afterwards the parser stands at its end. */
    private static Parsed object(JsonParser parser, byte[] body, int index) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return new Parsed(null, "/%d: an event is a JSON object".formatted(index));
        }
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        return new Parsed(Arrays.copyOfRange(body, start, end), null);
    }

    private static int column(JsonProcessingException e) {
        return e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
    }
}
