package io.wadi.extension.connectors.hdfs;

import org.apache.kafka.connect.storage.Converter;

/** How the content of a file is divided into rows. */
enum FileFormat {
    /** The bytes between line breaks. */
    LINES,
    /** One array of objects. */
    JSON,
    /** An Avro object container file of records. */
    AVRO,
    PARQUET;

    /**
     * The options of reading rows.
     *
     * @param line the converter of lines; null if a line is the unchanged value of the record
     * @param maxRowBytes the maximum size of a line or array element
     */
    record Options(FileFormat format, Converter line, int maxRowBytes) {
        /** Returns the rows of a file from an offset on. */
        FileRows rows(HdfsContent content, InputFileOffset from) throws java.io.IOException, UnreadableFileException {
            return switch (format) {
                case LINES -> new LineRows(content, from.offset(), line, maxRowBytes);
                case JSON -> new JsonArrayRows(content, from.offset(), maxRowBytes);
                case AVRO -> new AvroRows(content, from.offset());
                case PARQUET -> new ParquetRows(content, from.offset());
            };
        }
    }
}
