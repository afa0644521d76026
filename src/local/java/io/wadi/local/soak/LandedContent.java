package io.wadi.local.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** Reads the content of landed files with the usual reader of each format. */
public final class LandedContent {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LandedContent() {}

    /** Returns the lines without line breaks, or the rows as compact JSON; an unterminated line is an error. */
    public static List<String> lines(String extension, byte[] content) {
        if (!extension.startsWith("jsonl")) {
            return rows(extension, content).stream().map(LandedContent::json).toList();
        }
        String text = new String(decompressed(extension, content), UTF_8);
        if (!text.isEmpty() && !text.endsWith("\n")) {
            throw new AssertionError("the last line is not terminated: " + text);
        }
        List<String> lines = List.of(text.split("\n", -1));
        return lines.subList(0, lines.size() - 1);
    }

    private static String json(GenericRecord row) {
        try {
            return JSON.readTree(row.toString()).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the decompressed text of a file in a jsonl format. */
    public static byte[] decompressed(String extension, byte[] content) {
        try (InputStream text =
                switch (extension) {
                    case "jsonl" -> new ByteArrayInputStream(content);
                    case "jsonl.gz" -> new GZIPInputStream(new ByteArrayInputStream(content));
                    case "jsonl.zst" -> new ZstdInputStream(new ByteArrayInputStream(content));
                    default -> throw new AssertionError("no lines in ." + extension);
                }) {
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the rows of an Avro or Parquet file. */
    public static List<GenericRecord> rows(String extension, byte[] content) {
        try {
            return switch (extension) {
                case "avro" -> avro(content);
                case "parquet" -> parquet(content);
                default -> throw new AssertionError("no rows in ." + extension);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<GenericRecord> avro(byte[] content) throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        try (DataFileStream<GenericRecord> file =
                new DataFileStream<>(new ByteArrayInputStream(content), new GenericDatumReader<>())) {
            file.forEach(rows::add);
        }
        return rows;
    }

    private static List<GenericRecord> parquet(byte[] content) throws IOException {
        List<GenericRecord> rows = new ArrayList<>();
        try (ParquetReader<GenericRecord> file = AvroParquetReader.<GenericRecord>builder(
                        parquetInput(content), new PlainParquetConfiguration())
                .withDataModel(GenericData.get())
                .build()) {
            for (GenericRecord row = file.read(); row != null; row = file.read()) {
                rows.add(row);
            }
        }
        return rows;
    }

    /** Returns a file in memory for Parquet's readers. */
    public static InputFile parquetInput(byte[] content) {
        return new InputFile() {
            @Override
            public long getLength() {
                return content.length;
            }

            @Override
            public SeekableInputStream newStream() {
                Bytes bytes = new Bytes(content);
                return new DelegatingSeekableInputStream(bytes) {
                    @Override
                    public long getPos() {
                        return bytes.position();
                    }

                    @Override
                    public void seek(long position) {
                        bytes.seek((int) position);
                    }
                };
            }
        };
    }

    private static final class Bytes extends ByteArrayInputStream {
        Bytes(byte[] content) {
            super(content);
        }

        synchronized int position() {
            return pos;
        }

        synchronized void seek(int position) {
            pos = position;
        }
    }
}
