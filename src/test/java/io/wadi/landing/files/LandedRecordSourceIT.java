package io.wadi.landing.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.kafka.Records;
import io.wadi.kafka.records.RecordSource;
import io.wadi.landing.MemoryFileStore;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files in memory, and a topic in real Kafka with deleted first records. */
class LandedRecordSourceIT {
    private static final TopicPartition PARTITION = new TopicPartition("landed-record-source", 0);
    private static final Layout LAYOUT = new Layout("/data");
    private static final String VISIBLE = LAYOUT.visible(PARTITION) + "/";
    private static final long END = 8;
    /** The log start offset. */
    private static final long BEGIN = 6;

    private final MemoryFileStore store = new MemoryFileStore();
    private final LandedRecordSource source = new LandedRecordSource(
            PARTITION.topic(), new LandedRecords(store, LAYOUT), LandedRecordSource.ValueFiles.FILES, observer());
    private final List<String> missing = new ArrayList<>();

    @BeforeAll
    static void send() throws Exception {
        TopicProbe.create(PARTITION.topic(), 1);
        for (long offset = 0; offset < END; offset++) {
            KafkaProbe.send(new ProducerRecord<>(
                    PARTITION.topic(), 0, null, value(offset).getBytes(UTF_8)));
        }
        TopicProbe.delete(PARTITION, BEGIN);
    }

    private static String brokers() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    private static Properties observer() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", brokers());
        return settings;
    }

    private static String value(long offset) {
        return "{\"n\":" + offset + "}";
    }

    private void put(long first, long last, String... lines) {
        store.put(VISIBLE + name(first, last), String.join("\n", lines) + "\n");
    }

    private static String name(long first, long last) {
        return new LandedFile(PARTITION, first, last).name();
    }

    private List<String> stored() throws IOException {
        return stored(0);
    }

    private List<String> stored(long from) throws IOException {
        List<String> records = new ArrayList<>();
        source.stored(
                PARTITION,
                from,
                each -> records.add(each.offset() + " " + new String(Records.bytes(each.value()), UTF_8)),
                new RecordSource.ChunkListener() {
                    @Override
                    public void completed(long next) {
                        // Not used.
                    }

                    @Override
                    public void missing(long first, long last) {
                        missing.add(first + "-" + last);
                    }
                });
        return records;
    }

    @Test
    void filesMergedAfterTheListing_areReadOnce() throws IOException {
        put(0, 0, value(0));
        put(1, 1, value(1));
        put(2, 2, value(2));
        store.setFaults((operation, path) -> {
            if (operation == Operation.OPEN
                    && path.endsWith(name(1, 1))
                    && store.paths().contains(path)) {
                store.take(VISIBLE + name(1, 1));
                store.take(VISIBLE + name(2, 2));
                put(1, 2, value(1), value(2));
            }
            return Outcome.DONE;
        });

        assertThat(stored()).containsExactly("0 " + value(0), "1 " + value(1), "2 " + value(2));
        assertThat(missing).isEmpty();
    }

    @Test
    void fileMergedWithAnEarlierOneThatWasRead_isReadFromItsOwnOffsetOn() throws IOException {
        put(0, 0, value(0));
        put(1, 1, value(1));
        store.setFaults((operation, path) -> {
            if (operation == Operation.OPEN
                    && path.endsWith(name(1, 1))
                    && store.paths().contains(path)) {
                store.take(VISIBLE + name(0, 0));
                store.take(VISIBLE + name(1, 1));
                put(0, 1, value(0), value(1));
            }
            return Outcome.DONE;
        });

        assertThat(stored()).containsExactly("0 " + value(0), "1 " + value(1));
        assertThat(missing).isEmpty();
    }

    @Test
    void mergedFileWithoutOffsets_needsOnlyItsUnreadRecordsInKafka() throws IOException {
        put(4, 7, value(4), value(6), value(7));

        assertThat(stored(BEGIN)).containsExactly("6 " + value(6), "7 " + value(7));
        assertThat(missing).isEmpty();
    }

    @Test
    void fileMergedWithOthersAfterTheListing_isReadOnce() throws IOException {
        CompactingFile merge = new CompactingFile(
                name(0, 0), value(0).length() + 1, 1, UUID.randomUUID().toString());
        store.put(VISIBLE + merge.name(), value(0) + "\n");
        put(1, 1, value(1));
        store.setFaults((operation, path) -> {
            if (operation == Operation.OPEN
                    && path.endsWith(merge.name())
                    && store.paths().contains(VISIBLE + name(1, 1))) {
                store.take(VISIBLE + name(1, 1));
                store.put(VISIBLE + merge.name(), value(0) + "\n" + value(1) + "\n");
            }
            return Outcome.DONE;
        });

        assertThat(stored()).containsExactly("0 " + value(0), "1 " + value(1));
        assertThat(missing).isEmpty();
    }

    @Test
    void fileThatStaysUnreadable_isReported() {
        put(0, 2, value(0), value(1));

        assertThatThrownBy(this::stored)
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(VISIBLE + name(0, 2) + " does not contain the records' offsets");
    }

    @Test
    void valueThatLooksLikeAnEnvelope_isRead_thoughKafkaHasDeletedItsRecord() throws IOException {
        String forged = "{\"topic\":\"%s\",\"partition\":0,\"offset\":4711}".formatted(PARTITION.topic());
        put(0, 2, value(0), forged, value(2));

        assertThat(stored()).containsExactly("0 " + value(0), "1 " + forged, "2 " + value(2));
    }

    @Test
    void offsetsBeforeTheFirstFile_thatKafkaHasDeletedSinceAnEarlierRun_areReported() throws IOException {
        put(3, 3, value(3));

        assertThat(stored(1)).containsExactly("3 " + value(3));
        assertThat(missing).containsExactly("1-2");
    }

    @Test
    void offsetsAfterTheLastFile_thatKafkaHasDeleted_areReported() throws IOException {
        List<Long> records = new ArrayList<>();

        source.logged(
                PARTITION,
                3,
                END,
                each -> records.add(each.offset()),
                (first, last) -> missing.add(first + "-" + last));

        assertThat(records).containsExactly(6L, 7L);
        assertThat(missing).containsExactly("3-5");
        source.logged(PARTITION, END, END, each -> records.add(each.offset()), (first, last) -> missing.add("none"));
        assertThat(records).hasSize(2);
        assertThat(missing).hasSize(1);
    }
}
