package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * The source offset of a file, by its number in HDFS, which renames do not change.
 *
 * @param path under which others wrote the file
 * @param length of the file in bytes when it was last claimed
 * @param offset of the first byte of lines that is not read; of other formats the number of rows read
 * @param rows the number of rows read
 */
record InputFileOffset(String path, long length, long offset, long rows, State state) {
    private static final Format JSON = Format.of("json", "");

    /** What is left to do with a file. */
    enum State {
        /** Rows follow. */
        READING(""),
        /** All rows are committed; the file is to be renamed. */
        READ(".read"),
        /** Its dead letter is committed; the file is to be renamed. */
        FAILED(".failed");

        private final String suffix;

        State(String suffix) {
            this.suffix = suffix;
        }

        /** Returns the end of the name that the file gets. */
        String suffix() {
            return suffix;
        }
    }

    /** Returns the beginning of a file. */
    static InputFileOffset beginning(String path, long length) {
        return new InputFileOffset(path, length, 0, 0, State.READING);
    }

    /** Parses an offset of {@link #text}. */
    static InputFileOffset of(String text) {
        JsonNode json = JSON.read(ByteBuffer.wrap(text.getBytes(UTF_8))).json();
        return new InputFileOffset(
                json.path("path").asText(),
                json.path("length").asLong(),
                json.path("offset").asLong(),
                json.path("rows").asLong(),
                State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)));
    }

    /** Returns the offset as JSON. */
    String text() {
        Fields fields = Fields.none();
        fields.json()
                .put("path", path)
                .put("length", length)
                .put("offset", offset)
                .put("rows", rows)
                .put("state", state.name().toLowerCase(Locale.ROOT));
        return new String(JSON.write(fields), UTF_8);
    }

    /** Returns an offset further on. */
    InputFileOffset to(long newOffset, long newRows, State newState) {
        return new InputFileOffset(path, length, newOffset, newRows, newState);
    }

    boolean isFinished() {
        return state != State.READING;
    }
}
