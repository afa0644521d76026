package io.wadi.kafka.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;

/** Writes the beginning of JSON, indented. */
final class IndentedJson extends Writer {
    private static final ObjectWriter JSON = new JsonMapper().writerWithDefaultPrettyPrinter();

    private final StringBuilder written = new StringBuilder();
    private final int most;

    /** As much is written as is needed. */
    private static final class EnoughException extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    private IndentedJson(int most) {
        super();
        this.most = most;
    }

    /** The first characters of a tree, up to so many. */
    static String of(JsonNode tree, int most) {
        IndentedJson beginning = new IndentedJson(most);
        try {
            JSON.writeValue(beginning, tree);
        } catch (EnoughException e) {
            // That is what it is for.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return beginning.written.toString();
    }

    @Override
    public void write(char[] text, int from, int length) throws EnoughException {
        written.append(text, from, Math.min(length, most - written.length()));
        if (written.length() == most) {
            throw new EnoughException();
        }
    }

    @Override
    public void flush() {
        // Written already.
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
