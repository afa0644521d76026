package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.connectors.convert.Json;
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
        JsonNode json = Json.tree(text.getBytes(UTF_8));
        return new InputFileOffset(
                json.path("path").asText(),
                json.path("length").asLong(),
                json.path("offset").asLong(),
                json.path("rows").asLong(),
                State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)));
    }

    /** Returns the offset as JSON. */
    String text() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("path", path)
                .put("length", length)
                .put("offset", offset)
                .put("rows", rows)
                .put("state", state.name().toLowerCase(Locale.ROOT));
        return new String(Json.bytes(json), UTF_8);
    }

    /** Returns an offset further on. */
    InputFileOffset to(long newOffset, long newRows, State newState) {
        return new InputFileOffset(path, length, newOffset, newRows, newState);
    }

    boolean isFinished() {
        return state != State.READING;
    }
}
