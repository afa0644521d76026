package io.wadi.kafka.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/** A writer that keeps the beginning of indented JSON, up to a maximum length. */
final class IndentedJson extends Writer {
    private static final ObjectWriter JSON = new JsonMapper().writerWithDefaultPrettyPrinter();

    private final StringBuilder written = new StringBuilder();
    private final int maxLength;

    /** Thrown to stop writing at the maximum length. */
    private static final class LimitException extends IOException {
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private IndentedJson(int maxLength) {
        this.maxLength = maxLength;
    }

    /** Returns the indented tree, truncated to {@code maxLength} characters. */
    static String of(JsonNode tree, int maxLength) {
        IndentedJson beginning = new IndentedJson(maxLength);
        try {
            JSON.writeValue(beginning, tree);
        } catch (LimitException e) {
            // The beginning is complete.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return beginning.written.toString();
    }

    @Override
    public void write(char[] text, int from, int length) throws LimitException {
        written.append(text, from, Math.min(length, maxLength - written.length()));
        if (written.length() == maxLength) {
            throw new LimitException();
        }
    }

    @Override
    public void flush() {
        // nothing is buffered
    }

    @Override
    public void close() {
        // nothing to release
    }
}
