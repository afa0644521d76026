package io.wadi.extension.connectors.hdfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;

/** Files of numbered rows in each format, in the form that other programs write. */
final class HdfsFiles {
    private static final Schema SCHEMA = SchemaBuilder.record("Order")
            .fields()
            .requiredLong("n")
            .requiredString("customer")
            .optionalDouble("amount")
            .endRecord();

    private HdfsFiles() {}

    /** Returns numbered rows in the form that records have. */
    static List<String> rows(int from, int count) {
        return IntStream.range(from, from + count).mapToObj(HdfsFiles::row).toList();
    }

    private static String row(int n) {
        return "{\"n\":%d,\"customer\":\"c%d\",\"amount\":%s}".formatted(n, n % 10, n % 3 == 0 ? "null" : n + ".5");
    }

    private static GenericRecord record(int n) {
        return new GenericRecordBuilder(SCHEMA)
                .set("n", (long) n)
                .set("customer", "c" + n % 10)
                .set("amount", n % 3 == 0 ? null : n + 0.5)
                .build();
    }

    /** Writes a file of numbered rows. */
    static Path write(FileFormat format, Path file, int from, int count) throws IOException {
        return switch (format) {
            case LINES -> Files.write(file, rows(from, count));
            case JSON ->
                Files.writeString(file, rows(from, count).stream().collect(Collectors.joining(",\n", "[", "]\n")));
            case AVRO, PARQUET ->
                write(
                        format,
                        file,
                        SCHEMA,
                        IntStream.range(from, from + count)
                                .mapToObj(HdfsFiles::record)
                                .toList());
        };
    }

    /** Writes a file of one row in Avro or Parquet. */
    static Path write(FileFormat format, Path file, GenericRecord row) throws IOException {
        return write(format, file, row.getSchema(), List.of(row));
    }

    private static Path write(FileFormat format, Path file, Schema schema, List<GenericRecord> rows)
            throws IOException {
        if (format == FileFormat.AVRO) {
            try (DataFileWriter<GenericRecord> writer = new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
                writer.setCodec(CodecFactory.snappyCodec());
                writer.create(schema, file.toFile());
                for (GenericRecord row : rows) {
                    writer.append(row);
                }
            }
            return file;
        }
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                .withSchema(schema)
                .withDataModel(GenericData.get())
                .withConf(new PlainParquetConfiguration())
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .withRowGroupSize(64L << 10)
                .build()) {
            for (GenericRecord row : rows) {
                writer.write(row);
            }
        }
        return file;
    }
}
