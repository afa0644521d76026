package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Records;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A file in memory with records that an {@link Encoder} writes, and the records. */
final class EncodedFile extends ByteArrayOutputStream {
    static final String TOPIC = "select-color";
    static final int MIB = 1 << 20;

    Encoder open(FormatOptions options) throws IOException {
        return new Encodings(options, List.of(TOPIC)).of(TOPIC).open(this);
    }

    /** Appends a file with these values. */
    void writeAll(FormatOptions options, String... values) throws Exception {
        try (Encoder encoder = open(options)) {
            for (String value : values) {
                encoder.write(consumed(0, value.getBytes(UTF_8)));
            }
            encoder.finish();
        }
    }

    static FormatOptions options(Format format) {
        return options(format, FormatOptions.DEFAULT.compressionLevel());
    }

    static FormatOptions options(Format format, int compressionLevel) {
        return new FormatOptions(
                format,
                false,
                FormatOptions.DEFAULT.schema(),
                false,
                compressionLevel,
                FormatOptions.AvroCodec.ZSTANDARD,
                FormatOptions.DEFAULT.rowGroupBytes());
    }

    static ConsumerRecord<byte[], ByteBuffer> consumed(long offset, byte[] value) {
        return new ConsumerRecord<>(TOPIC, 0, offset, null, value == null ? null : Records.value(value));
    }

    static String[] events(int count) {
        String[] events = new String[count];
        for (int i = 0; i < count; i++) {
            events[i] = event("user-" + i);
        }
        return events;
    }

    static String[] variedEvents(int count) {
        Random random = new Random(11);
        return Stream.generate(() -> event(text(random, 8).repeat(1 + random.nextInt(20))))
                .limit(count)
                .toArray(String[]::new);
    }

    static String event(String user) {
        return "{\"timestamp\":\"2021-04-14T12:34:56.789+0900\",\"userAgent\":\"Mozilla/5.0\",\"colorName\":\"red\","
                + "\"userName\":\"" + user + "\"}";
    }

    static String text(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
