package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * Reads the first and the last records of a landed file. A long file is not read between them, but for compressed lines, which
 * have no other way to their end. Held in memory are the records that are shown, and of Parquet a row group.
 */
public final class FirstAndLastRecords {
    /** A file up to this length is read from its first to its last record; of a longer one this much of its end. */
    private static final long WINDOW = 4 << 20;

    private static final long LARGEST_ROW_GROUP = 64 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int LOOK_AT_THE_CLOCK = 256;

    private final TopicPartition partition;
    private final Content content;
    private final long length;
    private final int most;
    private final long endNanos;

    /** A file's bytes. */
    @FunctionalInterface
    public interface Content {
        /** Opens it at its beginning; {@code skip} does not read what is skipped. */
        InputStream open() throws IOException;
    }

    /**
     * What was found. An offset or a timestamp of -1 is not known: lines and rows without an envelope have no key, headers and
     * timestamp, and no offset.
     *
     * @param first the first records
     * @param last the last, none of which is among the first
     * @param count how many there are in all; -1 where they were not counted
     * @param problem why the last are not there, in words; empty where they are
     */
    public record Ends(
            List<ConsumerRecord<byte[], byte[]>> first,
            List<ConsumerRecord<byte[], byte[]>> last,
            long count,
            String problem) {
        private Ends counted(long all) {
            return new Ends(first, last, all, problem);
        }

        private Ends uncounted() {
            return counted(-1);
        }
    }

    private FirstAndLastRecords(TopicPartition partition, Content content, long length, int most) {
        this.partition = partition;
        this.content = content;
        this.length = length;
        this.most = most;
        this.endNanos = System.nanoTime() + PATIENCE.toNanos();
    }

    /**
     * Reads them.
     *
     * @param path tells by its end what the file holds
     * @param length in bytes
     * @param most records of each end
     * @throws IOException also where the file is not what its name says
     */
    public static Ends read(
            String path, Format format, TopicPartition partition, Content content, long length, int most)
            throws IOException {
        if (length == 0) {
            return new Ends(List.of(), List.of(), 0, "");
        }
        FirstAndLastRecords ends = new FirstAndLastRecords(partition, content, length, most);
        try {
            return switch (format) {
                case JSONL -> ends.ofLines(path);
                case JSONL_GZ, JSONL_ZST -> ends.ofCompressedLines(path);
                case AVRO -> ends.ofAvro();
                case PARQUET -> ends.ofParquet();
            };
        } catch (RuntimeException e) {
            // As Avro and Parquet say that a file is broken.
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Gives one record after the other, and null after the last. */
    private interface Source {
        ConsumerRecord<byte[], byte[]> next() throws IOException;
    }

    /** Reads on after the first records, to the last. */
    private Ends through(List<ConsumerRecord<byte[], byte[]>> first, Source source) throws IOException {
        Deque<ConsumerRecord<byte[], byte[]>> last = new ArrayDeque<>();
        for (long count = first.size(); ; count++) {
            ConsumerRecord<byte[], byte[]> next = source.next();
            if (next == null) {
                return new Ends(first, List.copyOf(last), count, "");
            }
            last.add(next);
            if (last.size() > most) {
                last.remove();
            }
            if (count % LOOK_AT_THE_CLOCK == 0 && System.nanoTime() - endNanos > 0) {
                return new Ends(
                        first,
                        List.of(),
                        -1,
                        "the last records are not shown: %d s were not enough to read up to them"
                                .formatted(PATIENCE.toSeconds()));
            }
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> first(Source source) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> first = new ArrayList<>();
        while (first.size() < most) {
            ConsumerRecord<byte[], byte[]> next = source.next();
            if (next == null) {
                break;
            }
            first.add(next);
        }
        return first;
    }

    // ---- lines

    private Ends ofCompressedLines(String path) throws IOException {
        try (LineReader reader = new LineReader(path, content.open())) {
            Source lines = () -> line(reader.next());
            return through(first(lines), lines);
        }
    }

    private Ends ofLines(String path) throws IOException {
        List<ConsumerRecord<byte[], byte[]>> first;
        long[] read = {0};
        try (LineReader reader = new LineReader(path, content.open())) {
            Source lines = () -> {
                byte[] line = reader.next();
                read[0] += line == null ? 0 : line.length + 1;
                return line(line);
            };
            first = first(lines);
            if (read[0] >= length - WINDOW) {
                return through(first, lines);
            }
        }
        InputStream end = content.open();
        try (LineReader reader = new LineReader(path, end)) {
            end.skipNBytes(length - WINDOW);
            reader.next(); // The rest of a line that begins before.
            return through(first, () -> line(reader.next())).uncounted();
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
                // A value that only begins as an envelope does.
                return value(line);
            }
        }
        return value(line);
    }

    private ConsumerRecord<byte[], byte[]> value(byte[] value) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), -1, null, value);
    }

    // ---- rows

    private Ends ofAvro() throws IOException {
        try (DataFileReader<GenericRecord> file =
                new DataFileReader<>(new SeekableFile(content, length), new GenericDatumReader<>())) {
            Source rows = () -> file.hasNext() ? row(file.next()) : null;
            List<ConsumerRecord<byte[], byte[]>> first = first(rows);
            if (file.tell() >= length - WINDOW) {
                return through(first, rows);
            }
            file.sync(length - WINDOW);
            return through(first, rows).uncounted();
        }
    }

    private Ends ofParquet() throws IOException {
        InputFile file = new ParquetFile();
        List<BlockMetaData> groups;
        try (ParquetFileReader footer = ParquetFileReader.open(
                file,
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            groups = footer.getRowGroups();
        }
        long rows = groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
        if (rows == 0) {
            return new Ends(List.of(), List.of(), 0, "");
        }
        if (groups.stream().anyMatch(group -> group.getTotalByteSize() > LARGEST_ROW_GROUP)) {
            return new Ends(
                    List.of(),
                    List.of(),
                    rows,
                    "its records are not shown: a row group is read as a whole, and has more than %d MiB"
                            .formatted(LARGEST_ROW_GROUP >> 20));
        }
        List<ConsumerRecord<byte[], byte[]>> first;
        try (ParquetReader<GenericRecord> reader = parquet(file).build()) {
            first = first(() -> row(reader.read()));
        }
        int from = groups.size();
        long end = 0;
        while (from > 0 && end < most) {
            from--;
            end += groups.get(from).getRowCount();
        }
        try (ParquetReader<GenericRecord> reader = parquet(file)
                .withFileRange(groups.get(from).getStartingPos(), length)
                .build()) {
            for (long shown = end - (rows - first.size()); shown > 0; shown--) {
                reader.read();
            }
            return through(first, () -> row(reader.read())).counted(rows);
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

    /** The file as Parquet wants it. */
    private final class ParquetFile implements InputFile {
        @Override
        public long getLength() {
            return length;
        }

        @Override
        public SeekableInputStream newStream() throws IOException {
            SeekableFile file = new SeekableFile(content, length);
            return new DelegatingSeekableInputStream(file) {
                @Override
                public long getPos() {
                    return file.tell();
                }

                @Override
                public void seek(long position) throws IOException {
                    file.seek(position);
                }
            };
        }
    }
}
