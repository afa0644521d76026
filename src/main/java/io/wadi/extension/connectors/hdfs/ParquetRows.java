package io.wadi.extension.connectors.hdfs;

import io.wadi.format.ParquetInput;
import java.io.IOException;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.InputFile;

/** The rows of a Parquet file. One row group at a time is kept in memory. */
final class ParquetRows extends RecordRows {
    private static final String FORMAT = "a Parquet file";
    /** The property that {@code AvroReadSupport.setAvroReadSchema} sets in a configuration of Hadoop. */
    private static final String READ_SCHEMA = "parquet.avro.read.schema";

    /** The property {@code AvroSchemaConverter.ADD_LIST_ELEMENT_RECORDS}. */
    private static final String LIST_ELEMENTS_AS_OBJECTS = "parquet.avro.add-list-element-records";

    private static final long MAX_ROW_GROUP_BYTES = Runtime.getRuntime().maxMemory() / 4;

    private final HdfsContent content;
    private final ParquetReader<GenericRecord> reader;

    ParquetRows(HdfsContent content, long skip) throws IOException, UnreadableFileException {
        this.content = content;
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        // INT96 values are the timestamps of older versions of Hive and Spark.
        configuration.setBoolean(AvroReadSupport.READ_INT96_AS_FIXED, true);
        // By default, each element of a list is read as an object with the field "element".
        configuration.setBoolean(LIST_ELEMENTS_AS_OBJECTS, false);
        InputFile file = new ParquetInput<>(content.length(), () -> {
            content.seek(0);
            return content;
        });
        try {
            checkFooter(file, configuration);
            reader = AvroParquetReader.<GenericRecord>builder(file, configuration)
                    .withDataModel(GenericData.get())
                    .build();
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
        skip(skip);
    }

    /**
     * Checks the sizes in the footer, since the reader allocates the size of a row group's columns before it reads
     * them. Configures the schema to read if parquet-avro would determine an incomplete one.
     */
    private static void checkFooter(InputFile file, ParquetConfiguration configuration)
            throws IOException, UnreadableFileException {
        try (ParquetFileReader footer = ParquetFileReader.open(
                file, ParquetReadOptions.builder(configuration).build())) {
            ParquetTypes.schema(footer.getFileMetaData(), configuration)
                    .ifPresent(schema -> configuration.set(READ_SCHEMA, schema.toString()));
            for (BlockMetaData group : footer.getRowGroups()) {
                long left = MAX_ROW_GROUP_BYTES;
                for (ColumnChunkMetaData column : group.getColumns()) {
                    checkPlace(column, file.getLength());
                    left -= Math.max(column.getTotalSize(), Math.min(column.getTotalUncompressedSize(), left + 1));
                    if (left < 0) {
                        throw new UnreadableFileException(
                                "a row group has more than %d bytes uncompressed, a quarter of the heap (-Xmx)"
                                        .formatted(MAX_ROW_GROUP_BYTES));
                    }
                }
            }
        }
    }

    private static void checkPlace(ColumnChunkMetaData column, long length) throws UnreadableFileException {
        long from = column.getStartingPos();
        long size = column.getTotalSize();
        if (from < 0 || size < 0 || size > length - from) {
            throw new UnreadableFileException("column %s has %d bytes from %d on; expected to be within %d bytes"
                    .formatted(column.getPath().toDotString(), size, from, length));
        }
    }

    @Override
    GenericRecord read() throws IOException, UnreadableFileException {
        try {
            return reader.read();
        } catch (IOException | RuntimeException | LinkageError | StackOverflowError e) {
            throw content.unreadable(FORMAT, e);
        }
    }
}
