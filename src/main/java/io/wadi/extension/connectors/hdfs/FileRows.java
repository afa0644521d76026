package io.wadi.extension.connectors.hdfs;

import io.wadi.extension.connectors.convert.Fields;
import java.io.IOException;

/** The rows of one file, from an offset on. */
interface FileRows {
    /**
     * A row.
     *
     * @param raw its bytes; the beginning of one that is too long
     * @param fields null for lines that are values as they are, and with a refusal
     * @param refusal why the row cannot be a record; null for one that can
     */
    record Row(byte[] raw, Fields fields, IllegalArgumentException refusal) {
        static Row of(byte[] raw, Fields fields) {
            return new Row(raw, fields, null);
        }

        static Row refused(byte[] raw, IllegalArgumentException refusal) {
            return new Row(raw, null, refusal);
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
