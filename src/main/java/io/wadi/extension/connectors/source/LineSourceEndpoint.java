package io.wadi.extension.connectors.source;

import io.wadi.runtime.config.Units;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.kafka.connect.storage.Converter;

/** A base of endpoints with the options of sources that read lines. */
public abstract class LineSourceEndpoint extends SourceEndpoint {
    private static final String RAW = "raw";
    private static final Set<String> CONVERTED = Set.of("json", "string");
    private static final long MAX_LONGEST_LINE = 1L << 30;

    private String lines = RAW;
    private String longestLine = "1MiB";

    protected LineSourceEndpoint(String uri, Component component, SourceContext sources) {
        super(uri, component, sources);
    }

    /**
     * Sets the format of lines: {@code raw}, the unchanged value; {@code json}, an object; {@code string}, the field
     * {@code value}.
     */
    public void setLines(String lines) {
        this.lines = lines;
    }

    /**
     * Sets the maximum size of a line or array element, such as {@code 1MiB}; the beginning of a longer one becomes a
     * dead letter.
     */
    public void setLongestLine(String longestLine) {
        this.longestLine = longestLine;
    }

    /** Returns the converter of lines; null for {@code raw}, which needs no conversion. */
    protected final Converter lineConverter() {
        if (isRaw()) {
            return null;
        }
        if (!CONVERTED.contains(lines)) {
            throw new IllegalArgumentException("lines is \"%s\", expected raw, json or string".formatted(lines));
        }
        return converter(lines);
    }

    /** Returns whether a line is the unchanged value of its record. */
    protected final boolean isRaw() {
        return lines.equals(RAW);
    }

    /** Returns the maximum size of a line in bytes. */
    protected final int longestLine() {
        try {
            return (int) (long) Units.inRange(Units.bytes(longestLine), 1L, MAX_LONGEST_LINE);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "longestLine is \"%s\", expected a size from 1B to 1GiB".formatted(longestLine), e);
        }
    }
}
