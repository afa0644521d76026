package io.wadi.extension.connectors.hdfs;

import io.wadi.extension.connectors.convert.Fields;
import java.io.IOException;

/** The rows of one file, from an offset on. */
interface FileRows {
    /** A row. */
    final class Row {
        private final byte[] raw;
        private final Fields fields;
        private final IllegalArgumentException refusal;

        private Row(byte[] raw, Fields fields, IllegalArgumentException refusal) {
            this.raw = raw;
            this.fields = fields;
            this.refusal = refusal;
        }

        /** Creates a row; without fields its bytes are the value. */
        static Row of(byte[] raw, Fields fields) {
            return new Row(raw, fields, null);
        }

        /** Creates a row that cannot be a record. */
        static Row refused(byte[] raw, IllegalArgumentException refusal) {
            return new Row(raw, null, refusal);
        }

        /** Returns the bytes; the first ones of a row that is too long. */
        byte[] raw() {
            return raw;
        }

        /** Returns the fields; null without. */
        Fields fields() {
            return fields;
        }

        /** Returns why the row cannot be a record; null for one that can. */
        IllegalArgumentException refusal() {
            return refusal;
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
