package io.wadi.landing.format;

import static io.wadi.landing.format.EncodedFile.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.Records;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The first and last records of landed files of each format. */
final class FirstAndLastRecordsTest {
    private static final String TOPIC = "select-color";
    private static final int MOST = 3;
    private static final int MIB = 1 << 20;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();

    @ParameterizedTest
    @EnumSource
    void fewRecords_areAllReturnedAsFirst(Format format) throws Exception {
        write(format, false, users(0, 2));

        FirstAndLastRecords.Records records = read(format, file.toByteArray());

        assertThat(users(records.first())).containsExactly("user-0", "user-1");
        assertThat(records.last()).isEmpty();
        assertThat(records.count()).isEqualTo(2);
        assertThat(records.problem()).isEmpty();
        assertThat(records.first()).allSatisfy(record -> {
            assertThat(record.offset()).isEqualTo(-1);
            assertThat(record.timestamp()).isEqualTo(-1);
            assertThat(record.key()).isNull();
        });
    }

    @ParameterizedTest
    @EnumSource
    void someRecords_areReturnedOnce(Format format) throws Exception {
        write(format, false, users(0, 5));

        FirstAndLastRecords.Records records = read(format, file.toByteArray());

        assertThat(users(records.first())).containsExactly("user-0", "user-1", "user-2");
        assertThat(users(records.last())).containsExactly("user-3", "user-4");
        assertThat(records.count()).isEqualTo(5);
    }

    /** Files larger than the part that is read at each end; Parquet files with several row groups. */
    @ParameterizedTest
    @EnumSource
    void manyRecords_returnsFirstAndLast(Format format) throws Exception {
        int count = 150_000;
        write(format, false, users(0, count));

        FirstAndLastRecords.Records records = read(format, file.toByteArray());

        assertThat(users(records.first())).containsExactly("user-0", "user-1", "user-2");
        assertThat(users(records.last()))
                .containsExactly("user-" + (count - 3), "user-" + (count - 2), "user-" + (count - 1));
        boolean isSkipped = format == Format.JSONL || format == Format.AVRO;
        assertThat(records.count()).as("the records between are not read").isEqualTo(isSkipped ? -1 : count);
        assertThat(records.problem()).isEmpty();
    }

    /** Three records are longer than the part that is read at each end; none may be returned twice. */
    @ParameterizedTest
    @EnumSource
    void largeRecords_areReturnedOnce(Format format) throws Exception {
        Random random = new Random(3);
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            byte[] noise = new byte[1_100_000];
            random.nextBytes(noise);
            users.add(i + "-" + java.util.Base64.getEncoder().encodeToString(noise));
        }
        write(format, false, users);

        FirstAndLastRecords.Records records = read(format, file.toByteArray());

        assertThat(users(records.first())).containsExactlyElementsOf(users.subList(0, 3));
        assertThat(users(records.last())).isEqualTo(users.subList(3, 5));
    }

    @Test
    void lastLineLongerThanThePartRead_isReportedAsMissing() throws Exception {
        List<String> users = new ArrayList<>(users(0, 10));
        users.add("x".repeat(5 * MIB));
        write(Format.JSONL, false, users);

        FirstAndLastRecords.Records records = read(Format.JSONL, file.toByteArray());

        assertThat(users(records.first())).containsExactly("user-0", "user-1", "user-2");
        assertThat(records.last()).isEmpty();
        assertThat(records.problem()).contains("the last records are not shown", "4 MiB");
    }

    @ParameterizedTest
    @EnumSource
    void envelopes_containAllOfARecord(Format format) throws Exception {
        RecordHeaders headers = new RecordHeaders();
        headers.add("id", "42".getBytes(UTF_8)).add("none", null);
        try (Encoder encoder = open(format, true)) {
            encoder.write(new ConsumerRecord<>(
                    TOPIC,
                    2,
                    41,
                    1618371296789L,
                    TimestampType.CREATE_TIME,
                    -1,
                    -1,
                    "k".getBytes(UTF_8),
                    Records.value(event("alice").getBytes(UTF_8)),
                    headers,
                    Optional.empty()));
            encoder.write(new ConsumerRecord<>(TOPIC, 2, 43, null, null));
            encoder.finish();
        }

        List<ConsumerRecord<byte[], byte[]>> found =
                read(format, file.toByteArray()).first();

        assertThat(found).hasSize(2);
        ConsumerRecord<byte[], byte[]> first = found.get(0);
        assertThat(first.offset()).isEqualTo(41);
        assertThat(first.timestamp()).isEqualTo(1618371296789L);
        assertThat(first.key()).asString(UTF_8).isEqualTo("k");
        assertThat(first.headers().lastHeader("id").value()).asString(UTF_8).isEqualTo("42");
        assertThat(first.headers().lastHeader("none").value()).isNull();
        assertThat(users(found.subList(0, 1))).containsExactly("alice");
        assertThat(found.get(1).offset()).isEqualTo(43);
        assertThat(found.get(1).value()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void emptyFile_hasNoRecords(Format format) throws Exception {
        write(format, false, List.of());

        FirstAndLastRecords.Records records = read(format, file.toByteArray());

        assertThat(records.first()).isEmpty();
        assertThat(records.last()).isEmpty();
        assertThat(records.count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void truncatedFile_isAnError(Format format) throws Exception {
        write(format, false, users(0, 100));
        byte[] begin = new byte[file.size() / 2];
        System.arraycopy(file.toByteArray(), 0, begin, 0, begin.length);

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> read(format, begin));
    }

    private static FirstAndLastRecords.Records read(Format format, byte[] content) throws IOException {
        return FirstAndLastRecords.read(
                "some." + format.extension(),
                format,
                new TopicPartition(TOPIC, 2),
                () -> new ByteArrayInputStream(content),
                content.length,
                MOST);
    }

    private void write(Format format, boolean envelope, List<String> users) throws Exception {
        try (Encoder encoder = open(format, envelope)) {
            for (String user : users) {
                encoder.write(new ConsumerRecord<>(
                        TOPIC, 2, 0, null, Records.value(event(user).getBytes(UTF_8))));
            }
            encoder.finish();
        }
    }

    private Encoder open(Format format, boolean envelope) throws IOException {
        FormatOptions options =
                new FormatOptions(format, envelope, "schemas", false, 3, FormatOptions.AvroCodec.NULL, MIB);
        return new Encodings(options, List.of(TOPIC)).of(TOPIC).open(file);
    }

    private static List<String> users(int from, int count) {
        List<String> users = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            users.add("user-" + i);
        }
        return users;
    }

    private static List<String> users(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> user(new String(record.value(), UTF_8)))
                .toList();
    }

    private static String user(String event) {
        String name = "\"userName\":";
        int begin = event.indexOf('"', event.indexOf(name) + name.length()) + 1;
        return event.substring(begin, event.indexOf('"', begin));
    }
}
