package io.wadi.extension.connectors.hdfs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.wadi.extension.connectors.convert.Json;

/**
 * The source offset of a file. Its key is the file's id in HDFS, which renames do not change.
 *
 * @param path the path that the writer gave the file
 * @param length the size of the file in bytes when it was last claimed
 * @param offset of lines the position of the first byte not yet read; of other formats the number of rows read
 * @param rows the number of rows read
 * @param state the remaining work
 */
record InputFileOffset(String path, long length, long offset, long rows, State state) {
    /** The remaining work on a file. */
    enum State {
        /** Further rows are to be read. */
        @JsonProperty("reading")
        READING(""),
        /** All rows are committed; the file is to be renamed. */
        @JsonProperty("read")
        READ(".read"),
        /** Its dead letter is committed; the file is to be renamed. */
        @JsonProperty("failed")
        FAILED(".failed");

        private final String suffix;

        State(String suffix) {
            this.suffix = suffix;
        }

        /** Returns the suffix of the final name. */
        String suffix() {
            return suffix;
        }
    }

    static InputFileOffset beginning(String path, long length) {
        return new InputFileOffset(path, length, 0, 0, State.READING);
    }

    /** Parses the result of {@link #text}. */
    static InputFileOffset of(String text) {
        return Json.read(text, InputFileOffset.class);
    }

    /** Returns the offset as JSON. */
    String text() {
        return Json.text(this);
    }

    /** Returns a later offset in the same file. */
    InputFileOffset to(long newOffset, long newRows, State newState) {
        return new InputFileOffset(path, length, newOffset, newRows, newState);
    }

    @JsonIgnore
    boolean isFinished() {
        return state != State.READING;
    }
}
