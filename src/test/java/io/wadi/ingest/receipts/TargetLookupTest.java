package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.receipts.ReceiptState.Target;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TargetLookupTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);
    private static final Duration LONG = Duration.ofMinutes(2);

    /** A target that has the offsets below 10; those from 20 to 29 are expired. */
    private abstract static class Files implements RecordTarget {
        @Override
        public String name() {
            return "landed";
        }

        @Override
        public Optional<String> group(String topic) {
            return Optional.of("landing");
        }

        @Override
        public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) throws IOException {
            before();
            return arrived.offset() < 10 ? Optional.of(Map.of("file", "/f", "at", "now")) : Optional.empty();
        }

        abstract void before() throws IOException;

        @Override
        public List<Range> expired(TopicPartition partition) {
            return List.of(new Range(20, 29));
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset) {
        return RecordLookup.gone(receipt(offset));
    }

    private static Receipt receipt(long offset) {
        return new Receipt(PARTITION, offset);
    }

    @Test
    void records_areArrivedExpiredOrDeleted() throws Exception {
        RecordTarget files = new Files() {
            @Override
            void before() {
                // The server answers.
            }
        };
        try (TargetLookup lookup = new TargetLookup(files)) {
            lookup.begin(List.of(record(9), record(20), record(29), record(30)));
            Map<Receipt, Target> found = lookup.end(LONG);

            assertThat(found.get(receipt(9)))
                    .isEqualTo(new Target(Progress.ARRIVED, Map.of("file", "/f", "at", "now")));
            assertThat(found.get(receipt(20)).progress()).isEqualTo(Progress.EXPIRED);
            assertThat(found.get(receipt(29)).progress()).isEqualTo(Progress.EXPIRED);
            assertThat(found.get(receipt(30)).fields().get("problem").toString())
                    .contains("deleted");
        }
    }

    @Test
    void unavailableServer_isQueriedOnceForAllRecords() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        RecordTarget away = new Files() {
            @Override
            void before() throws IOException {
                requests.incrementAndGet();
                throw new IOException("connection refused");
            }
        };
        try (TargetLookup lookup = new TargetLookup(away)) {
            lookup.begin(List.of(record(1), record(2), record(3)));

            assertThat(lookup.end(LONG).values()).hasSize(3).allSatisfy(each -> {
                assertThat(each.progress()).isEqualTo(Progress.ARRIVED);
                assertThat(each.fields()).containsEntry("file", null).containsEntry("at", null);
                assertThat(each.fields().get("problem").toString()).contains("connection refused");
            });
            assertThat(requests).hasValue(1);
        }
    }

    @Test
    void unexpectedException_isTheProblemOfItsRecord_andLoggedOncePerLookup() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        RecordTarget broken = new Files() {
            @Override
            void before() {
                if (requests.incrementAndGet() <= 2) {
                    throw new IllegalStateException("a defect");
                }
            }
        };
        try (Warnings log = new Warnings(TargetLookup.class.getName(), Level.ERROR);
                TargetLookup lookup = new TargetLookup(broken)) {
            lookup.begin(List.of(record(1), record(2), record(3)));
            Map<Receipt, Target> found = lookup.end(LONG);

            assertThat(List.of(found.get(receipt(1)), found.get(receipt(2))))
                    .allSatisfy(each -> assertThat(each.fields())
                            .containsEntry("file", null)
                            .containsEntry("problem", "the search failed: IllegalStateException: a defect"));
            assertThat(found.get(receipt(3)).fields()).containsEntry("file", "/f");
            assertThat(log.lines()).containsExactly("Receipts: failed to find landed record %s".formatted(receipt(1)));
        }
    }

    @Test
    void hangingServer_isNotQueriedAgainUntilItAnswers() throws Exception {
        CountDownLatch answers = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        RecordTarget hanging = new Files() {
            @Override
            void before() throws IOException {
                requests.incrementAndGet();
                try {
                    answers.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        try (TargetLookup lookup = new TargetLookup(hanging)) {
            lookup.begin(List.of(record(1)));
            await().until(() -> requests.get() == 1);
            assertThat(lookup.end(Duration.ofMillis(1))).isEmpty();
            lookup.begin(List.of(record(2)));
            assertThat(lookup.end(Duration.ofMillis(1))).isEmpty();

            answers.countDown();
            Map<Receipt, Target> found = await().until(
                            () -> {
                                lookup.begin(List.of(record(3)));
                                return lookup.end(LONG);
                            },
                            targets -> !targets.isEmpty());
            assertThat(found).containsOnlyKeys(receipt(3));
            assertThat(found.values()).extracting(Target::progress).containsOnly(Progress.ARRIVED);
            assertThat(requests).as("of the first and the last record").hasValue(2);
        }
    }
}
