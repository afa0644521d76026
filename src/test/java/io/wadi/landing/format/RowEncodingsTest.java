package io.wadi.landing.format;

import static io.wadi.landing.format.EncodedFile.MIB;
import static io.wadi.landing.format.EncodedFile.TOPIC;
import static io.wadi.landing.format.EncodedFile.consumed;
import static io.wadi.landing.format.EncodedFile.event;
import static io.wadi.landing.format.EncodedFile.events;
import static io.wadi.landing.format.EncodedFile.options;
import static io.wadi.landing.format.EncodedFile.text;
import static io.wadi.landing.format.EncodedFile.variedEvents;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Records;
import io.wadi.local.soak.LandedContent;
import io.wadi.testing.Fixtures;
import java.nio.ByteBuffer;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parquet and Avro files, written by Wadi and read by an independent reader. */
final class RowEncodingsTest {
    private final EncodedFile file = new EncodedFile();

    // ---- rows

    @ParameterizedTest
    @EnumSource(names = {"PARQUET", "AVRO"})
    void rows_shippedSchema_containTheClassicEvents(Format format) throws Exception {
        List<String> events = Fixtures.lines("select-color.ndjson");

        file.writeAll(options(format), events.toArray(String[]::new));

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

        file.writeAll(
                new FormatOptions(format, false, "schemas", false, 3, FormatOptions.AvroCodec.ZSTANDARD, MIB), events);

        assertThat(LandedContent.rows(format.extension(), file.toByteArray()))
                .extracting(row -> row.get("userName").toString())
                .hasSize(events.length)
                .startsWith("user-0", "user-1")
                .endsWith("user-29998", "user-29999")
                .doesNotHaveDuplicates();
    }

    @Test
    void parquet_hasRowGroupsOfTheConfiguredSize_andCompression() throws Exception {
        file.writeAll(
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
        try (Encoder encoder = file.open(options)) {
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
        try (Encoder encoder = file.open(options)) {
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
        file.writeAll(new FormatOptions(Format.AVRO, false, "schemas", false, 3, codec, MIB), events(10));

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

        file.writeAll(
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
        try (Encoder encoder = file.open(options)) {
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
        try (Encoder encoder = file.open(options)) {
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

    private static long millis(String timestamp) {
        return OffsetDateTime.parse(timestamp, DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSZ"))
                .toInstant()
                .toEpochMilli();
    }
}
