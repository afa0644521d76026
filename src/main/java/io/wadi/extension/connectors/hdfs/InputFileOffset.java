package io.wadi.extension.connectors.hdfs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.wadi.extension.connectors.convert.Json;

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
        return Json.read(text, InputFileOffset.class);
    }

    /** Returns the offset as JSON. */
    String text() {
        return Json.text(this);
    }

    /** Returns an offset further on. */
    InputFileOffset to(long newOffset, long newRows, State newState) {
        return new InputFileOffset(path, length, newOffset, newRows, newState);
    }

    @JsonIgnore
    boolean isFinished() {
        return state != State.READING;
    }
}
