package io.wadi.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Parsers of records, which share a table of the names that they have read. Thread-safe. */
public final class JsonParsers {
    private volatile JsonFactory factory;

    /** Creates parsers with the features and limits of a factory. */
    public JsonParsers(JsonFactory factory) {
        // Names from clients must not fill the JVM's string table.
        this.factory = factory.rebuild()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
    }

    /** Reads one text from a parser. */
    @FunctionalInterface
    public interface Parsing<T, E extends Exception> {
        T parse(JsonParser parser) throws IOException, E;
    }

    /** Parses the remaining bytes of a buffer with an array, a second time if a limit of Jackson was exceeded. */
    public <T, E extends Exception> T parse(ByteBuffer bytes, Parsing<T, E> parsing) throws IOException, E {
        JsonFactory used = factory;
        try {
            return parse(used, bytes, parsing);
        } catch (StreamConstraintsException e) {
            // Jackson rejects a table with too many colliding names, which may be names of other records.
            JsonFactory withoutNames = used.rebuild().build();
            T parsed = parse(withoutNames, bytes, parsing);
            factory = withoutNames;
            return parsed;
        }
    }

    /**
     * Returns a syntax error with its position in one line, without names of Jackson's methods; Jackson reports no
     * position for exceeded limits such as that on nesting.
     */
    public static String reason(JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        return (at == null ? "" : "line %d, column %d: ".formatted(at.getLineNr(), at.getColumnNr()))
                + e.getOriginalMessage().replaceFirst(", from `[^`]*`", "");
    }

    private static <T, E extends Exception> T parse(JsonFactory factory, ByteBuffer bytes, Parsing<T, E> parsing)
            throws IOException, E {
        try (JsonParser parser =
                factory.createParser(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining())) {
            return parsing.parse(parser);
        }
    }
}
