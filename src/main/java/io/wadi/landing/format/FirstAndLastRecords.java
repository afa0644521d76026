package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.format.ParquetInput;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.InputFile;

/**
 * Reads the first and the last records of a landed file. The middle of a long file is skipped, except in compressed
 * lines, which can only be read sequentially. It keeps only the returned records, and one Parquet row group, in memory.
 */
public final class FirstAndLastRecords {
    /** The number of bytes read at the end of a long file of uncompressed lines or Avro, after its first records. */
    private static final long WINDOW = 4 << 20;

    private static final long MAX_ROW_GROUP_BYTES = 64 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int CLOCK_CHECK_RECORDS = 256;

    private final TopicPartition partition;
    private final Content content;
    private final long length;
    private final int maxRecords;
    private final long endNanos;

    @FunctionalInterface
    public interface Content {
        /** Opens the file at its beginning; {@code skip} of the stream does not read the skipped bytes. */
        InputStream open() throws IOException;
    }

    /**
     * The records of a file. An offset or a timestamp of -1 is unknown: lines and rows without an envelope have no key,
     * headers, timestamp and offset.
     *
     * @param first the first records
     * @param last the last ones, except those in {@code first}
     * @param count the total number of records; -1 if they were not counted
     * @param problem why {@code last} is missing; empty if it is not
     */
    public record Records(
            List<ConsumerRecord<byte[], byte[]>> first,
            List<ConsumerRecord<byte[], byte[]>> last,
            long count,
            String problem) {
        private Records counted(long all) {
            return new Records(first, last, all, problem);
        }

        /** Returns the result for a file if only its first records and the window at its end were read. */
        private Records uncounted() {
            boolean isMissing = last.isEmpty() && problem.isEmpty();
            return new Records(
                    first,
                    last,
                    -1,
                    isMissing
                            ? "the last records are not shown: none begins in the last %d MiB".formatted(WINDOW >> 20)
                            : problem);
        }
    }

    private FirstAndLastRecords(TopicPartition partition, Content content, long length, int maxRecords) {
        this.partition = partition;
        this.content = content;
        this.length = length;
        this.maxRecords = maxRecords;
        this.endNanos = System.nanoTime() + TIMEOUT.toNanos();
    }

    /**
     * Reads a file.
     *
     * @param path the extension determines the compression
     * @param length in bytes
     * @param maxRecords maximum number of records at each end
     * @throws IOException also if the content does not match the extension
     */
    public static Records read(
            String path, Format format, TopicPartition partition, Content content, long length, int maxRecords)
            throws IOException {
        if (length == 0) {
            return new Records(List.of(), List.of(), 0, "");
        }
        FirstAndLastRecords ends = new FirstAndLastRecords(partition, content, length, maxRecords);
        try {
            return switch (format) {
                case JSONL -> ends.ofLines(path);
                case JSONL_GZ, JSONL_ZST -> ends.ofCompressedLines(path);
                case AVRO -> ends.ofAvro();
                case PARQUET -> ends.ofParquet();
            };
        } catch (RuntimeException e) {
            // Avro and Parquet report corrupt files this way.
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Reads the rest after the first records. */
    private Records readRest(
            List<ConsumerRecord<byte[], byte[]>> first,
            ThrowingSupplier<ConsumerRecord<byte[], byte[]>, IOException> source)
            throws IOException {
        Deque<ConsumerRecord<byte[], byte[]>> last = new ArrayDeque<>();
        for (long count = first.size(); ; count++) {
            ConsumerRecord<byte[], byte[]> next = source.get();
            if (next == null) {
                return new Records(first, List.copyOf(last), count, "");
            }
            last.add(next);
            if (last.size() > maxRecords) {
                last.remove();
            }
            if (count % CLOCK_CHECK_RECORDS == 0 && System.nanoTime() - endNanos > 0) {
                return new Records(
                        first,
                        List.of(),
                        -1,
                        "the last records are not shown: reading up to them took longer than %d s"
                                .formatted(TIMEOUT.toSeconds()));
            }
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> first(
            ThrowingSupplier<ConsumerRecord<byte[], byte[]>, IOException> source) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> first = new ArrayList<>();
        while (first.size() < maxRecords) {
            ConsumerRecord<byte[], byte[]> next = source.get();
            if (next == null) {
                break;
            }
            first.add(next);
        }
        return first;
    }

    // ---- lines

    private Records ofCompressedLines(String path) throws IOException {
        try (LineReader reader = new LineReader(path, content.open())) {
            ThrowingSupplier<ConsumerRecord<byte[], byte[]>, IOException> lines = () -> line(reader.next());
            return readRest(first(lines), lines);
        }
    }

    private Records ofLines(String path) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> first;
        long[] read = {0};
        try (LineReader reader = new LineReader(path, content.open())) {
            ThrowingSupplier<ConsumerRecord<byte[], byte[]>, IOException> lines = () -> {
                byte[] line = reader.next();
                read[0] += line == null ? 0 : line.length + 1;
                return line(line);
            };
            first = first(lines);
            if (read[0] >= length - WINDOW) {
                return readRest(first, lines);
            }
        }
        InputStream end = content.open();
        try (LineReader reader = new LineReader(path, end)) {
            end.skipNBytes(length - WINDOW);
            reader.next(); // The rest of a line that begins before the window.
            return readRest(first, () -> line(reader.next())).uncounted();
        }
    }

    private ConsumerRecord<byte[], byte[]> line(byte[] line) {
        if (line == null) {
            return null;
        }
        if (LandedLine.isEnvelope(line, partition)) {
            try {
                return LandedLine.withBytes(LandedLine.envelope(line, partition));
            } catch (IOException e) {
                // A value that begins like an envelope.
                return value(line);
            }
        }
        return value(line);
    }

    private ConsumerRecord<byte[], byte[]> value(byte[] value) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), -1, null, value);
    }

    // ---- rows

    private Records ofAvro() throws IOException {
        try (DataFileReader<GenericRecord> file =
                new DataFileReader<>(new SeekableFile(content, length), new GenericDatumReader<>())) {
            ThrowingSupplier<ConsumerRecord<byte[], byte[]>, IOException> rows =
                    () -> file.hasNext() ? row(file.next()) : null;
            List<ConsumerRecord<byte[], byte[]>> first = first(rows);
            if (file.tell() >= length - WINDOW) {
                return readRest(first, rows);
            }
            file.sync(length - WINDOW);
            return readRest(first, rows).uncounted();
        }
    }

    private Records ofParquet() throws IOException {
        InputFile file = new ParquetInput<>(length, () -> new SeekableFile(content, length));
        List<BlockMetaData> groups;
        try (ParquetFileReader footer = ParquetFileReader.open(
                file,
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            groups = footer.getRowGroups();
        }
        long rows = groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
        if (rows == 0) {
            return new Records(List.of(), List.of(), 0, "");
        }
        if (groups.stream().anyMatch(group -> group.getTotalByteSize() > MAX_ROW_GROUP_BYTES)) {
            return new Records(
                    List.of(),
                    List.of(),
                    rows,
                    "the records are not shown: a row group has more than %d MiB".formatted(MAX_ROW_GROUP_BYTES >> 20));
        }
        List<ConsumerRecord<byte[], byte[]>> first;
        try (ParquetReader<GenericRecord> reader = parquet(file).build()) {
            first = first(() -> row(reader.read()));
        }
        int from = groups.size();
        long end = 0;
        while (from > 0 && end < maxRecords) {
            from--;
            end += groups.get(from).getRowCount();
        }
        try (ParquetReader<GenericRecord> reader = parquet(file)
                .withFileRange(groups.get(from).getStartingPos(), length)
                .build()) {
            for (long shown = end - (rows - first.size()); shown > 0; shown--) {
                reader.read();
            }
            return readRest(first, () -> row(reader.read())).counted(rows);
        }
    }

    private static ParquetReader.Builder<GenericRecord> parquet(InputFile file) {
        return AvroParquetReader.<GenericRecord>builder(file, new PlainParquetConfiguration())
                .withDataModel(GenericData.get());
    }

    private ConsumerRecord<byte[], byte[]> row(GenericRecord row) {
        if (row == null) {
            return null;
        }
        return Rows.isEnvelope(row.getSchema())
                ? Rows.fromEnvelope(row)
                : value(row.toString().getBytes(UTF_8));
    }
}
