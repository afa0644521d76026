package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Records;
import io.wadi.local.soak.LandedContent;
import io.wadi.runtime.config.SettingsException;
import io.wadi.testing.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of each format, written by Wadi and read by an independent reader. */
final class EncodingsTest {
    private static final String TOPIC = "select-color";
    private static final int MIB = 1 << 20;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    // ---- lines

    @ParameterizedTest
    @EnumSource(names = {"JSONL", "JSONL_GZ", "JSONL_ZST"})
    void lines_anyValues_areWrittenByteForByte(Format format) throws Exception {
        Random random = new Random(7);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (Encoder encoder = open(options(format))) {
            for (int i = 0; i < 2_000; i++) {
                byte[] value = value(random, i % 500 == 0 ? 200_000 : 300);
                encoder.write(consumed(i, value));
                expected.writeBytes(value);
                expected.write('\n');
            }
            encoder.finish();
        }

        assertThat(LandedContent.decompressed(format.extension(), file.toByteArray()))
                .isEqualTo(expected.toByteArray());
    }

    /** Includes the lengths around the buffer size. */
    @Test
    void lines_ofEachLength_areWrittenCompletely() throws Exception {
        for (int first : new int[] {0, 1, 65_534, 65_535, 65_536, 65_537}) {
            for (int second : new int[] {0, 1, 65_533 - first, 65_534 - first, 65_535 - first, 65_536}) {
                if (second >= 0) {
                    file.reset();
                    write(options(Format.JSONL), "a".repeat(first), "b".repeat(second), "c");
                    assertThat(file.toString(UTF_8)).isEqualTo("a".repeat(first) + "\n" + "b".repeat(second) + "\nc\n");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressedLines_concatenatedFiles_areOneFile(Format format) throws Exception {
        write(options(format), "{\"a\":1}");
        write(options(format));
        write(options(format), "{\"b\":2}", "");

        assertThat(LandedContent.lines(format.extension(), file.toByteArray()))
                .containsExactly("{\"a\":1}", "{\"b\":2}", "");
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressedLines_corruptedByte_isDetected(Format format) throws Exception {
        write(options(format), "{\"colorName\":\"red\"}", "{\"colorName\":\"blue\"}");
        byte[] content = file.toByteArray();
        content[content.length / 2] ^= 4;

        assertThatException().isThrownBy(() -> LandedContent.decompressed(format.extension(), content));
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressionLevel_highest_isSmallest(Format format) throws Exception {
        write(options(format, 1), variedEvents(3_000));
        int fast = file.size();
        file.reset();
        write(options(format, format == Format.JSONL_GZ ? 9 : 19), variedEvents(3_000));

        assertThat(file.size()).isLessThan(fast);
    }

    @ParameterizedTest
    @CsvSource({"JSONL_GZ, -3, 9", "JSONL_GZ, 0, 9", "JSONL_GZ, 10, 9", "JSONL_ZST, 0, 19", "PARQUET, 20, 19"})
    void compressionLevel_outOfRange_isRejected(Format format, int level, int highest) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new Encodings(options(format, level), List.of()))
                .withMessageContaining(
                        "compression level %d: expected 1 to %d with %s".formatted(level, highest, format.extension()));
    }

    // ---- rows

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void rows_shippedSchema_containTheClassicEvents(Format format) throws Exception {
        List<String> events = Fixtures.lines("select-color.ndjson");

        write(options(format), events.toArray(String[]::new));

        List<GenericRecord> rows = LandedContent.rows(format.extension(), file.toByteArray());
        assertThat(rows).hasSameSizeAs(events);
        for (int i = 0; i < rows.size(); i++) {
            JsonNode event = new ObjectMapper().readTree(events.get(i));
            GenericRecord row = rows.get(i);
            assertThat(row.get("timestamp"))
                    .isEqualTo(millis(event.get("timestamp").asText()));
            for (String field : List.of("userAgent", "colorName", "userName")) {
                assertThat(row.get(field).toString()).isEqualTo(event.get(field).asText());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void rows_inManyBlocks_areAllWritten(Format format) throws Exception {
        String[] events = events(30_000);

        write(new FormatOptions(format, false, "schemas", false, 3, FormatOptions.AvroCodec.ZSTANDARD, MIB), events);

        assertThat(LandedContent.rows(format.extension(), file.toByteArray()))
                .extracting(row -> row.get("userName").toString())
                .hasSize(events.length)
                .startsWith("user-0", "user-1")
                .endsWith("user-29998", "user-29999")
                .doesNotHaveDuplicates();
    }

    @Test
    void parquet_hasRowGroupsOfTheConfiguredSize_andCompression() throws Exception {
        write(
                new FormatOptions(Format.PARQUET, false, "schemas", false, 3, FormatOptions.AvroCodec.NULL, MIB),
                variedEvents(30_000));

        try (ParquetFileReader parquet = ParquetFileReader.open(LandedContent.parquetInput(file.toByteArray()))) {
            assertThat(parquet.getRowGroups())
                    .hasSizeGreaterThan(1)
                    .allSatisfy(group -> assertThat(group.getTotalByteSize()).isLessThan(2L * MIB))
                    .allSatisfy(group -> assertThat(group.getColumns())
                            .allSatisfy(column -> assertThat(column.getCodec()).isEqualTo(CompressionCodecName.ZSTD)));
            assertThat(parquet.getFileMetaData().getSchema().toString())
                    .contains("required int64 timestamp (TIMESTAMP(MILLIS,true))")
                    .contains("required binary colorName (STRING)");
        }
    }

    @Test
    void parquet_fewLargeRecords_areFlushedEarly() throws Exception {
        FormatOptions options =
                new FormatOptions(Format.PARQUET, false, "schemas", false, 1, FormatOptions.AvroCodec.NULL, MIB);
        Random random = new Random(3);
        try (Encoder encoder = open(options)) {
            for (int i = 0; i < 20; i++) {
                encoder.write(consumed(i, event(text(random, 500_000)).getBytes(UTF_8)));
            }
            assertThat(file.size()).as("on the way to the file").isGreaterThan(3 * MIB);
            encoder.finish();
        }
        assertThat(LandedContent.rows("parquet", file.toByteArray())).hasSize(20);
    }

    /** After a small record, Parquet estimates that thousands of records fit, and checks no size until then. */
    @Test
    void parquet_largeRecordsAfterASmallOne_areFlushedEarly() throws Exception {
        FormatOptions options =
                new FormatOptions(Format.PARQUET, false, "schemas", false, 1, FormatOptions.AvroCodec.NULL, MIB);
        Random random = new Random(3);
        try (Encoder encoder = open(options)) {
            encoder.write(consumed(0, event("x").getBytes(UTF_8)));
            for (int i = 1; i <= 20; i++) {
                encoder.write(consumed(i, event(text(random, 500_000)).getBytes(UTF_8)));
            }
            assertThat(file.size()).as("on the way to the file").isGreaterThan(3 * MIB);
            encoder.finish();
        }
        try (ParquetFileReader parquet = ParquetFileReader.open(LandedContent.parquetInput(file.toByteArray()))) {
            assertThat(parquet.getRowGroups())
                    .allSatisfy(group -> assertThat(group.getTotalByteSize()).isLessThan(3L * MIB));
        }
    }

    @ParameterizedTest
    @EnumSource(FormatOptions.AvroCodec.class)
    void avro_codec_isAsConfigured(FormatOptions.AvroCodec codec) throws Exception {
        write(new FormatOptions(Format.AVRO, false, "schemas", false, 3, codec, MIB), events(10));

        assertThat(new String(file.toByteArray(), UTF_8))
                .contains("avro.codec" + (char) (2 * codec.name().length())
                        + codec.name().toLowerCase(Locale.ROOT));
        assertThat(LandedContent.rows("avro", file.toByteArray())).hasSize(10);
    }

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void rows_listsMapsAndNulls_areKept(Format format) throws Exception {
        FormatOptions options = new FormatOptions(
                format,
                false,
                "src/test/resources/fixtures/order.json",
                false,
                3,
                FormatOptions.AvroCodec.ZSTANDARD,
                MIB);

        write(
                options,
                "{\"id\":1,\"lines\":[null,{\"item\":\"책\",\"price\":1.5}],\"labels\":{\"a\":null,\"b\":\"x\"},\"note\":null}",
                "{\"id\":2,\"lines\":[],\"labels\":{},\"note\":\"\",\"paid\":true}");

        assertThat(LandedContent.lines(format.extension(), file.toByteArray()))
                .containsExactly(
                        "{\"id\":1,\"lines\":[null,{\"item\":\"책\",\"price\":1.5}],\"labels\":{\"a\":null,\"b\":\"x\"},"
                                + "\"note\":null,\"paid\":null}",
                        "{\"id\":2,\"lines\":[],\"labels\":{},\"note\":\"\",\"paid\":true}");
    }

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void rows_absentFieldIsNotNull(Format format) throws Exception {
        FormatOptions options = new FormatOptions(
                format, false, "src/test/resources/fixtures/order.json", false, 3, FormatOptions.AvroCodec.NULL, MIB);
        try (Encoder encoder = open(options)) {
            assertThatExceptionOfType(RejectedRecordException.class)
                    .isThrownBy(() -> encoder.write(consumed(
                            0, "{\"id\":1,\"lines\":[],\"labels\":{},\"note\":null,\"paid\":null}".getBytes(UTF_8))))
                    .withMessage("at \"/paid\": found null, expected true or false");
        }
    }

    // ---- the envelope

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void envelope_containsKafkasFieldsAndTombstones(Format format) throws Exception {
        FormatOptions options =
                new FormatOptions(format, true, "schemas", false, 3, FormatOptions.AvroCodec.ZSTANDARD, MIB);
        RecordHeaders headers = new RecordHeaders();
        headers.add("id", new byte[] {(byte) 0xFF, 0}).add("none", null);
        try (Encoder encoder = open(options)) {
            encoder.write(new ConsumerRecord<>(
                    TOPIC,
                    2,
                    41,
                    1618371296789L,
                    TimestampType.LOG_APPEND_TIME,
                    -1,
                    -1,
                    "k".getBytes(UTF_8),
                    Records.value(event("alice").getBytes(UTF_8)),
                    headers,
                    Optional.empty()));
            encoder.write(new ConsumerRecord<>(TOPIC, 2, 42, null, null));
            encoder.finish();
        }

        List<GenericRecord> rows = LandedContent.rows(format.extension(), file.toByteArray());
        GenericRecord first = rows.get(0);
        assertThat(first.get("topic").toString()).isEqualTo(TOPIC);
        assertThat(first.get("partition")).isEqualTo(2);
        assertThat(first.get("offset")).isEqualTo(41L);
        assertThat(first.get("timestamp")).isEqualTo(1618371296789L);
        assertThat(first.get("timestampType").toString()).isEqualTo("LogAppendTime");
        assertThat(first.get("key")).isEqualTo(ByteBuffer.wrap("k".getBytes(UTF_8)));
        List<?> headerRows = (List<?>) first.get("headers");
        assertThat(((GenericRecord) headerRows.get(0)).get("key").toString()).isEqualTo("id");
        assertThat(((GenericRecord) headerRows.get(0)).get("value"))
                .isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0}));
        assertThat(((GenericRecord) headerRows.get(1)).get("value")).isNull();
        assertThat(((GenericRecord) first.get("value")).get("userName").toString())
                .isEqualTo("alice");
        GenericRecord second = rows.get(1);
        assertThat(second.get("offset")).isEqualTo(42L);
        assertThat(second.get("timestamp")).isNull();
        assertThat(second.get("key")).isNull();
        assertThat(second.get("value")).isNull();
        assertThat((List<?>) second.get("headers")).isEmpty();
    }

    // ---- every format

    @ParameterizedTest
    @EnumSource
    void file_withoutRecords_isValid(Format format) throws Exception {
        write(options(format));

        assertThat(LandedContent.lines(format.extension(), file.toByteArray())).isEmpty();
        assertThat(file.size() == 0).isEqualTo(format == Format.JSONL);
    }

    @ParameterizedTest
    @EnumSource
    void file_afterRejections_containsTheOtherRecords(Format format) throws Exception {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            values.add(event("user-" + i).getBytes(UTF_8));
            values.add(i % 2 == 0 ? null : (event("no-" + i).substring(1) + "\n").getBytes(UTF_8));
        }
        int refused = 0;
        try (Encoder encoder = open(options(format))) {
            for (byte[] value : values) {
                try {
                    encoder.write(consumed(0, value));
                } catch (RejectedRecordException e) {
                    refused++;
                }
            }
            encoder.finish();
        }

        assertThat(refused).isEqualTo(300);
        assertThat(LandedContent.lines(format.extension(), file.toByteArray()))
                .hasSize(300)
                .allSatisfy(line -> assertThat(line).contains("user-"));
    }

    /** The dead letter reads the value of a rejected record again. */
    @ParameterizedTest
    @EnumSource
    void write_doesNotModifyLandedOrRejectedValues(Format format) throws Exception {
        List<byte[]> values = List.of(
                event("alice").getBytes(UTF_8),
                event("x".repeat(100_000)).getBytes(UTF_8),
                "no\nline".getBytes(UTF_8),
                new byte[] {(byte) 0xFF, '\n'},
                "\n".getBytes(UTF_8));
        for (boolean envelope : new boolean[] {false, true}) {
            FormatOptions options =
                    new FormatOptions(format, envelope, "schemas", false, 3, FormatOptions.AvroCodec.NULL, MIB);
            int refused = 0;
            try (Encoder encoder = open(options)) {
                for (byte[] value : values) {
                    ConsumerRecord<byte[], ByteBuffer> consumed = consumed(0, value);
                    try {
                        encoder.write(consumed);
                    } catch (RejectedRecordException e) {
                        refused++;
                    }
                    assertThat(consumed.value()).isEqualTo(Records.value(value));
                }
            }
            assertThat(refused).isEqualTo(envelope && !format.hasSchema() ? 0 : 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void bytes_growWithTheFile_upToItsSize(Format format) throws Exception {
        try (Encoder encoder = open(options(format))) {
            for (String event : events(20_000)) {
                encoder.write(consumed(0, event.getBytes(UTF_8)));
                assertThat(encoder.bytes()).isPositive().isGreaterThanOrEqualTo(file.size());
            }
            assertThat(encoder.bytes()).isGreaterThan(10_000);
            encoder.finish();
            assertThat(encoder.bytes()).isEqualTo(file.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void close_beforeFinish_writesNothingMore(Format format) throws Exception {
        Encoder encoder = open(options(format));
        for (String event : events(100)) {
            encoder.write(consumed(0, event.getBytes(UTF_8)));
        }
        int written = file.size();

        encoder.close();
        encoder.close();

        assertThat(file.size()).isEqualTo(written);
    }

    @ParameterizedTest
    @EnumSource
    void failedFile_isReportedAndReleased(Format format) throws Exception {
        OutputStream failing = new OutputStream() {
            private int left = 2_000;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0) {
                    throw new IOException("disk full");
                }
            }
        };
        Encoder encoder = new Encodings(options(format), List.of()).of(TOPIC).open(failing);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> {
                    for (String event : events(20_000)) {
                        encoder.write(consumed(0, event.getBytes(UTF_8)));
                    }
                    encoder.finish();
                })
                .withMessage("disk full");
        encoder.close();
    }

    // ---- helpers

    private static FormatOptions options(Format format) {
        return options(format, FormatOptions.DEFAULT.compressionLevel());
    }

    private static FormatOptions options(Format format, int compressionLevel) {
        return new FormatOptions(
                format,
                false,
                FormatOptions.DEFAULT.schema(),
                false,
                compressionLevel,
                FormatOptions.AvroCodec.ZSTANDARD,
                FormatOptions.DEFAULT.rowGroupBytes());
    }

    private Encoder open(FormatOptions options) throws IOException {
        return new Encodings(options, List.of(TOPIC)).of(TOPIC).open(file);
    }

    private void write(FormatOptions options, String... values) throws Exception {
        try (Encoder encoder = open(options)) {
            for (String value : values) {
                encoder.write(consumed(0, value.getBytes(UTF_8)));
            }
            encoder.finish();
        }
    }

    private static ConsumerRecord<byte[], ByteBuffer> consumed(long offset, byte[] value) {
        return new ConsumerRecord<>(TOPIC, 0, offset, null, value == null ? null : Records.value(value));
    }

    private static byte[] value(Random random, int most) {
        byte[] value = new byte[random.nextInt(most)];
        random.nextBytes(value);
        for (int i = 0; i < value.length; i++) {
            value[i] = value[i] == '\n' ? 0 : value[i];
        }
        return value;
    }

    private static String[] events(int count) {
        String[] events = new String[count];
        for (int i = 0; i < count; i++) {
            events[i] = event("user-" + i);
        }
        return events;
    }

    private static String[] variedEvents(int count) {
        Random random = new Random(11);
        return Stream.generate(() -> event(text(random, 8).repeat(1 + random.nextInt(20))))
                .limit(count)
                .toArray(String[]::new);
    }

    private static String event(String user) {
        return "{\"timestamp\":\"2021-04-14T12:34:56.789+0900\",\"userAgent\":\"Mozilla/5.0\",\"colorName\":\"red\","
                + "\"userName\":\"" + user + "\"}";
    }

    private static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    private static long millis(String timestamp) {
        return OffsetDateTime.parse(timestamp, DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ"))
                .toInstant()
                .toEpochMilli();
    }
}
