package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.hdfs.InputFileOffset.State;
import io.wadi.extension.connectors.source.PolledRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are truncated, of another format, or made to exhaust memory end as failed, after their readable rows. */
class DamagedInputTest extends OpenInputTestSupport {
    /** The rows before the missing part become records, each of them once. */
    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void truncatedFile_failsAfterItsReadableRows(FileFormat format) throws IOException {
        Path whole = HdfsFiles.write(format, directory.resolve("whole"), 0, 20_000);
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(directory.resolve("x"), Arrays.copyOf(bytes, bytes.length - bytes.length / 4));

        List<PolledRecord> records = read(cut, options(format, null), 1000, 2);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        PolledRecord last = records.get(records.size() - 1);
        assertThat(last.rejection()).hasMessageContaining("/in/x cannot be read from row " + records.size() + " on");
        assertThat(texts(records.subList(0, records.size() - 1))).isEqualTo(HdfsFiles.rows(0, records.size() - 1));
        if (format != FileFormat.PARQUET) {
            // A Parquet file has no readable rows without its footer, which is at the end.
            assertThat(records).hasSizeGreaterThan(1000);
        }
    }

    @ParameterizedTest
    @EnumSource(value = FileFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "LINES")
    void fileOfAnotherFormat_fails(FileFormat format) throws IOException {
        List<PolledRecord> records =
                read(Files.writeString(directory.resolve("x"), "a,b\n1,2\n"), options(format, null), 10, 1);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).hasMessageContaining("/in/x cannot be read from row 1 on: not a");
    }

    /** Covers truncation within the header, and within the count, size, rows and sync marker of both blocks. */
    @Test
    void avroFileTruncatedAtAnyByte_fails() throws IOException {
        int header = (int) Files.size(HdfsFiles.write(FileFormat.AVRO, directory.resolve("header"), 0, 0));
        byte[] oneBlock = Files.readAllBytes(HdfsFiles.write(FileFormat.AVRO, directory.resolve("whole"), 0, 20));
        byte[] bytes = Arrays.copyOf(oneBlock, 2 * oneBlock.length - header);
        System.arraycopy(oneBlock, header, bytes, oneBlock.length, oneBlock.length - header);
        List<Integer> read = new ArrayList<>();
        for (int length = 0; length < bytes.length; length++) {
            offset = null;
            Path cut = Files.write(directory.resolve("x"), Arrays.copyOf(bytes, length));

            List<PolledRecord> records = read(cut, options(FileFormat.AVRO, null), 10, 4);

            if (offset.state() == State.READ) {
                read.add(length);
                assertThat(records).hasSize(length == header ? 0 : 20);
            } else {
                assertThat(offset.state())
                        .as("%d of %d bytes", length, bytes.length)
                        .isEqualTo(State.FAILED);
                assertThat(records.get(records.size() - 1).rejection()).isNotNull();
                assertThat(records).hasSize(length > oneBlock.length ? 21 : 1);
            }
        }
        assertThat(read).as("lengths at which a block ends").containsExactly(header, oneBlock.length);
    }

    /** Avro's reader reads the header of the damaged block before it returns the rows of the blocks before. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void damagedAvroBlock_failsTheFile_afterTheRowsBefore(int blocks) throws IOException {
        int header = (int) Files.size(HdfsFiles.write(FileFormat.AVRO, directory.resolve("header"), 0, 0));
        byte[] oneBlock = Files.readAllBytes(HdfsFiles.write(FileFormat.AVRO, directory.resolve("whole"), 0, 20));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(oneBlock, 0, header);
        for (int i = 0; i < blocks; i++) {
            bytes.write(oneBlock, header, oneBlock.length - header);
        }
        bytes.write(new byte[] {40, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 1, 2, 3});

        List<PolledRecord> records =
                read(Files.write(directory.resolve("x"), bytes.toByteArray()), options(FileFormat.AVRO, null), 10, 10);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        assertThat(records).hasSize(20 * blocks + 1);
        assertThat(texts(records.subList(0, 20))).isEqualTo(HdfsFiles.rows(0, 20));
        assertThat(records.get(20 * blocks).rejection())
                .hasMessageContaining("/in/x cannot be read from row " + (20 * blocks + 1) + " on")
                .hasMessageContaining("found a block of 2147483647 bytes");
    }

    /** Avro's reader would allocate the declared size, which would end the process. */
    @Test
    void oversizedAvroBlock_failsTheFile() throws IOException {
        byte[] bytes = Files.readAllBytes(HdfsFiles.write(FileFormat.AVRO, directory.resolve("whole"), 0, 0));
        byte[] block = {40, (byte) 0xFE, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 1, 2, 3};
        Path file = Files.write(directory.resolve("x"), bytes);
        Files.write(file, block, java.nio.file.StandardOpenOption.APPEND);

        List<PolledRecord> records = read(file, options(FileFormat.AVRO, null), 10, 3);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).hasMessageContaining("found a block of 2147483647 bytes");
    }

    /** Parquet's reader allocates the declared size of a column before it reads. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 4L << 30, Long.MAX_VALUE})
    void parquetColumnBeyondTheEndOfItsFile_failsTheFile(long size) throws IOException {
        Path file = parquet(column -> column.setTotal_compressed_size(size));

        List<PolledRecord> records = read(file, options(FileFormat.PARQUET, null), 10, 3);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).hasMessageContaining("column n has %d bytes from 4 on", size);
    }

    @Test
    void parquetColumnLargerThanMemory_failsTheFile() throws IOException {
        Path file = parquet(column -> column.setTotal_uncompressed_size(Long.MAX_VALUE));

        List<PolledRecord> records = read(file, options(FileFormat.PARQUET, null), 10, 3);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).hasMessageContaining("a quarter of the heap");
    }

    /** Writes a file and changes what its footer declares of the first column. */
    private Path parquet(Consumer<ColumnMetaData> change) throws IOException {
        byte[] bytes = Files.readAllBytes(HdfsFiles.write(FileFormat.PARQUET, directory.resolve("whole"), 0, 10));
        int end = bytes.length - 8;
        int start = end - ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
        FileMetaData footer = Util.readFileMetaData(new ByteArrayInputStream(bytes, start, end - start));
        change.accept(footer.getRow_groups().get(0).getColumns().get(0).getMeta_data());
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        Util.writeFileMetaData(footer, changed);
        ByteBuffer file = ByteBuffer.allocate(start + changed.size() + 8).order(ByteOrder.LITTLE_ENDIAN);
        file.put(bytes, 0, start)
                .put(changed.toByteArray())
                .putInt(changed.size())
                .put("PAR1".getBytes(UTF_8));
        return Files.write(directory.resolve("x"), file.array());
    }

    /** Avro's reader, the conversion to JSON and the text of a row are recursive; each is limited to another depth. */
    @ParameterizedTest
    @ValueSource(ints = {500, 2000, 5000, 10_000, 20_000, 200_000})
    void deeplyNestedAvroRow_isARecordOrADeadLetter(int depth) throws IOException {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"N","fields":[{"name":"n","type":["null","N"]}]}""");
        byte[] row = new byte[depth + 1];
        Arrays.fill(row, 0, depth, (byte) 2);
        Path file = directory.resolve("x");
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
            writer.create(schema, file.toFile());
            writer.appendEncoded(ByteBuffer.wrap(row));
        }

        List<PolledRecord> records = read(file, options(FileFormat.AVRO, null), 10, 3);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection() == null).isEqualTo(depth == 500);
        if (depth == 200_000) {
            assertThat(offset.state()).isEqualTo(State.FAILED);
            assertThat(records.get(0).rejection())
                    .hasMessage("/in/x cannot be read from row 1 on: not an Avro file: java.lang.StackOverflowError");
        }
    }

    /** Elements and records of nulls have no bytes, so that a small file could fill the heap. */
    @Test
    void avroRowWithTooManyValuesWithoutBytes_failsTheFile() throws IOException {
        Schema nulls = SchemaBuilder.record("E")
                .fields()
                .name("n")
                .type()
                .nullType()
                .noDefault()
                .endRecord();
        Schema elements = SchemaBuilder.record("R")
                .fields()
                .name("a")
                .type()
                .array()
                .items(nulls)
                .noDefault()
                .endRecord();
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        Encoder encoder = EncoderFactory.get().directBinaryEncoder(row, null);
        encoder.writeArrayStart();
        encoder.setItemCount(BoundedDatumReader.MAX_VALUES / 3 + 1);
        encoder.writeArrayEnd();
        requireFailure(elements, row.toByteArray());

        Schema nested = nulls;
        for (long values = 1; values <= BoundedDatumReader.MAX_VALUES; values *= 10) {
            SchemaBuilder.FieldAssembler<Schema> fields =
                    SchemaBuilder.record("R" + values).fields();
            for (int i = 0; i < 10; i++) {
                fields = fields.name("n" + i).type(nested).noDefault();
            }
            nested = fields.endRecord();
        }
        requireFailure(nested, new byte[0]);
    }

    private void requireFailure(Schema schema, byte[] row) throws IOException {
        Path file = directory.resolve("x");
        try (DataFileWriter<Object> writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
            writer.create(schema, file.toFile());
            writer.appendEncoded(ByteBuffer.wrap(row));
        }
        offset = null;

        List<PolledRecord> records = read(file, options(FileFormat.AVRO, null), 10, 3);

        assertThat(offset.state()).isEqualTo(State.FAILED);
        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection())
                .hasMessageContaining("a row has more than %d values", BoundedDatumReader.MAX_VALUES);
    }

    /** The content resembles UTF-32 in another byte order. */
    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\u0018ftyp", "\0\0\u0001\0", "\0\0\0[\0\0\0]"})
    void binaryFile_fails(String content) throws IOException {
        List<PolledRecord> records =
                read(Files.writeString(directory.resolve("x"), content), options(FileFormat.JSON, null), 10, 1);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).isNotNull();
        assertThat(offset.state()).isEqualTo(State.FAILED);
    }

    @Test
    void shortenedFile_fails() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "one\n");
        offset = new InputFileOffset("/in/x", 12, 8, 2, State.READING);

        List<PolledRecord> records = read(file, RAW, 10, 1);

        assertThat(records).hasSize(1);
        assertThat(records.get(0).rejection()).hasMessageContaining("has 4 bytes, and had 12");
        assertThat(offset).isEqualTo(new InputFileOffset("/in/x", 12, 8, 2, State.FAILED));
    }
}
