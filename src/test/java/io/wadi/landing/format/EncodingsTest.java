package io.wadi.landing.format;

import static io.wadi.landing.format.EncodedFile.MIB;
import static io.wadi.landing.format.EncodedFile.TOPIC;
import static io.wadi.landing.format.EncodedFile.consumed;
import static io.wadi.landing.format.EncodedFile.event;
import static io.wadi.landing.format.EncodedFile.events;
import static io.wadi.landing.format.EncodedFile.options;
import static io.wadi.landing.format.EncodedFile.variedEvents;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Records;
import io.wadi.local.soak.LandedContent;
import io.wadi.runtime.config.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of each format, written by Wadi and read by an independent reader. */
final class EncodingsTest {
    private final EncodedFile file = new EncodedFile();

    // ---- lines

    @ParameterizedTest
    @EnumSource(names = {"JSONL", "JSONL_GZ", "JSONL_ZST"})
    void lines_anyValues_areWrittenByteForByte(Format format) throws Exception {
        Random random = new Random(7);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        try (Encoder encoder = file.open(options(format))) {
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
                    file.writeAll(options(Format.JSONL), "a".repeat(first), "b".repeat(second), "c");
                    assertThat(file.toString(UTF_8)).isEqualTo("a".repeat(first) + "\n" + "b".repeat(second) + "\nc\n");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressedLines_concatenatedFiles_areOneFile(Format format) throws Exception {
        file.writeAll(options(format), "{\"a\":1}");
        file.writeAll(options(format));
        file.writeAll(options(format), "{\"b\":2}", "");

        assertThat(LandedContent.lines(format.extension(), file.toByteArray()))
                .containsExactly("{\"a\":1}", "{\"b\":2}", "");
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressedLines_corruptedByte_isDetected(Format format) throws Exception {
        file.writeAll(options(format), "{\"colorName\":\"red\"}", "{\"colorName\":\"blue\"}");
        byte[] content = file.toByteArray();
        content[content.length / 2] ^= 4;

        assertThatException().isThrownBy(() -> LandedContent.decompressed(format.extension(), content));
    }

    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST"})
    void compressionLevel_highest_isSmallest(Format format) throws Exception {
        file.writeAll(options(format, 1), variedEvents(3_000));
        int fast = file.size();
        file.reset();
        file.writeAll(options(format, format == Format.JSONL_GZ ? 9 : 19), variedEvents(3_000));

        assertThat(file.size()).isLessThan(fast);
    }

    @ParameterizedTest
    @CsvSource({"JSONL_GZ, -3, 9", "JSONL_GZ, 0, 9", "JSONL_GZ, 10, 9", "JSONL_ZST, 0, 19", "PARQUET, 20, 19"})
    void compressionLevel_outOfRange_isRejected(Format format, int level, int highest) {
        assertThatExceptionOfType(SettingsException.class)
                .isThrownBy(() -> new Encodings(options(format, level), List.of()))
                .withMessageContaining("landing: invalid value '%d' for compressionLevel: expected 1 to %d with %s"
                        .formatted(level, highest, format.extension()));
    }

    // ---- every format

    @ParameterizedTest
    @EnumSource
    void file_withoutRecords_isValid(Format format) throws Exception {
        file.writeAll(options(format));

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
        try (Encoder encoder = file.open(options(format))) {
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
            try (Encoder encoder = file.open(options)) {
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
        try (Encoder encoder = file.open(options(format))) {
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
        Encoder encoder = file.open(options(format));
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
    void failedFile_isReported_andClosedWithoutAnotherWrite(Format format) throws Exception {
        AtomicInteger failures = new AtomicInteger();
        OutputStream failing = new OutputStream() {
            private int left = 2_000;

            @Override
            public void write(int b) throws IOException {
                if (--left < 0) {
                    failures.incrementAndGet();
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
        int failed = failures.get();
        assertThat(failed).isPositive();

        encoder.close();

        assertThat(failures).as("writes after the failure").hasValue(failed);
    }

    /** A compressor occupies native memory until it is closed. Parquet's writer accepts records even then. */
    @ParameterizedTest
    @EnumSource(names = {"JSONL_GZ", "JSONL_ZST", "AVRO"})
    void close_beforeFinish_releasesTheCompressor(Format format) throws Exception {
        Encoder encoder = file.open(options(format));
        encoder.write(consumed(0, event("a").getBytes(UTF_8)));

        encoder.close();

        assertThatException().isThrownBy(() -> {
            encoder.write(consumed(1, event("b").getBytes(UTF_8)));
            encoder.finish();
        });
    }

    private static byte[] value(Random random, int most) {
        byte[] value = new byte[random.nextInt(most)];
        random.nextBytes(value);
        for (int i = 0; i < value.length; i++) {
            value[i] = value[i] == '\n' ? 0 : value[i];
        }
        return value;
    }
}
