package io.wadi.extension.connectors.source;

import io.wadi.runtime.config.Units;
import org.apache.camel.Component;
import org.apache.kafka.connect.storage.Converter;

/** A base of endpoints with the options of sources that read lines. */
public abstract class LineSourceEndpoint extends SourceEndpoint {
    private static final String RAW = "raw";

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
        return lines.equals(RAW) ? null : converter(lines);
    }

    /** Returns the maximum size of a line in bytes. */
    protected final int longestLine() {
        return Math.toIntExact(Units.bytes(longestLine));
    }
}
