package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import org.apache.kafka.connect.data.SchemaAndValue;

/** The rows of one file, from an offset on. */
interface FileRows {
    /**
     * A row.
     *
     * @param raw the bytes; the first ones of a row that is too long
     * @param value null if the bytes are the value of the record
     * @param rejection why the row cannot be a record; null for one that can
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Row(byte[] raw, SchemaAndValue value, IllegalArgumentException rejection) {
        static Row of(byte[] raw, SchemaAndValue value) {
            return new Row(raw, value, null);
        }

        static Row rejected(byte[] raw, IllegalArgumentException rejection) {
            return new Row(raw, SchemaAndValue.NULL, rejection);
        }
    }

    /**
     * Returns the next row; null at the end of the file.
     *
     * @throws IOException if HDFS does not deliver the content
     * @throws UnreadableFileException if the content is not of this format
     */
    Row next() throws IOException, UnreadableFileException;

    /** Returns the {@link InputFileOffset#offset} after the rows read. */
    long offset();
}
