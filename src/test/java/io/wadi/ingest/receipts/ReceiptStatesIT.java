package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.targets.RecordTarget;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** States of receipts on real Kafka. */
@Nightly(perChange = {"ReceiptSearchesTest", "ReceiptStateTest", "TargetLookupTest"})
class ReceiptStatesIT {
    private static final String TOPIC = "receipt-states";
    private static final String GROUP = "receipt-states-landing";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int RECORDS = 1000;

    private final CamelContext routes = new DefaultCamelContext();

    @BeforeAll
    static void landAll() throws Exception {
        TopicProbe.create(TOPIC, 1);
        for (int i = 0; i < RECORDS; i++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, ("{\"n\":" + i + "}").getBytes(UTF_8)));
        }
        GroupProbe.commit(GROUP, PARTITION, RECORDS);
    }

    private static Receipt receipt(long offset) {
        return new Receipt(PARTITION, offset);
    }

    /** A target that has all records once its server answers. */
    static final class Landed implements RecordTarget {
        private final String group;
        private final CountDownLatch answers = new CountDownLatch(1);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final AtomicInteger finds = new AtomicInteger();

        Landed(String group) {
            this.group = group;
        }

        /** Makes the server answer. */
        Landed answering() {
            answers.countDown();
            return this;
        }

        @Override
        public String name() {
            return "landed";
        }

        @Override
        public Optional<String> group(String topic) {
            return Optional.of(group);
        }

        @Override
        public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) {
            finds.incrementAndGet();
            begun.countDown();
            ReceiptStatesIT.await(answers);
            return Optional.of(Map.of("file", "/f" + arrived.offset()));
        }

        @Override
        public List<Range> expired(TopicPartition partition) {
            return List.of();
        }
    }

    private ReceiptStates states(RecordTarget target, String deadLetterTopic) {
        return new ReceiptStates(
                KafkaProbe.clients(), routes, () -> Set.of(target), deadLetterTopic, 1000, Duration.ZERO);
    }

    @Test
    void canceledQuestions_areNotSearched() throws Exception {
        Landed landed = new Landed(GROUP);
        try (ReceiptStates states = states(landed, "receipt-states-no-dead-letters")) {
            CompletableFuture<?> first = states.query(List.of(receipt(0)), Duration.ZERO);
            assertThat(landed.begun.await(2, TimeUnit.MINUTES)).isTrue();

            List<CompletableFuture<?>> canceled = new ArrayList<>();
            for (int i = 1; i < RECORDS - 1; i++) {
                canceled.add(states.query(List.of(receipt(i)), Duration.ZERO));
            }
            // Needs no search; earlier queries have been compared with the committed offsets before.
            assertThat(states.query(List.of(receipt(RECORDS)), Duration.ZERO).get(2, TimeUnit.MINUTES))
                    .isEmpty();
            canceled.forEach(each -> each.cancel(false));
            landed.answers.countDown();

            assertThat(first.get(2, TimeUnit.MINUTES)).isNotNull();
            assertThat(states.query(List.of(receipt(RECORDS - 1)), Duration.ZERO)
                            .get(2, TimeUnit.MINUTES)
                            .get(receipt(RECORDS - 1))
                            .fields())
                    .extracting("landed")
                    .asString()
                    .contains("/f" + (RECORDS - 1));
            assertThat(landed.finds).hasValueLessThanOrEqualTo(2);
        }
    }

    @Test
    void unreadableDeadLetterTopic_failsTheWait() throws Exception {
        Landed landed = new Landed(GROUP).answering();
        try (ReceiptStates states = states(landed, "no topic's name")) {
            CompletableFuture<?> answer = states.query(List.of(receipt(0)), Duration.ofHours(1));

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> answer.get(2, TimeUnit.MINUTES))
                    .withCauseInstanceOf(KafkaException.class);
        }
    }

    @Test
    void topicWithoutALeader_doesNotDelayOthers_andIsNotFoundOnceDeleted() throws Exception {
        String deleted = "receipt-states-deleted";
        TopicPartition partition = new TopicPartition(deleted, 0);
        TopicProbe.create(deleted, 1);
        KafkaProbe.send(new ProducerRecord<>(deleted, 0, null, "{}".getBytes(UTF_8)));
        Landed landed = new Landed(GROUP).answering();
        try (ReceiptStates states = states(landed, "receipt-states-no-dead-letters");
                Admin admin = Admin.create(
                        Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()))) {
            List<Receipt> unanswered = List.of(new Receipt(partition, 1));
            assertThat(states.query(unanswered, Duration.ZERO).get(2, TimeUnit.MINUTES))
                    .isEmpty();
            admin.deleteTopics(List.of(deleted)).all().get();
            // The broker may still serve the partition for a moment.
            Awaitility.await().until(() -> hasNoLeader(admin, partition));

            CompletableFuture<?> withoutLeader = states.query(unanswered, Duration.ofHours(1));
            CompletableFuture<?> other = states.query(List.of(receipt(1)), Duration.ofHours(1));
            CompletableFuture<?> first = CompletableFuture.anyOf(withoutLeader.handle((found, error) -> error), other);

            assertThat(first.get(2, TimeUnit.MINUTES))
                    .isEqualTo(other.get(2, TimeUnit.MINUTES))
                    .asInstanceOf(InstanceOfAssertFactories.map(Receipt.class, ReceiptState.class))
                    .containsOnlyKeys(receipt(1));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> withoutLeader.get(2, TimeUnit.MINUTES))
                    .withCauseInstanceOf(KafkaException.class);
            assertThat(states.query(unanswered, Duration.ZERO).get(2, TimeUnit.MINUTES))
                    .isEmpty();
        }
    }

    private static boolean hasNoLeader(Admin admin, TopicPartition partition) throws InterruptedException {
        try {
            admin.listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions().timeoutMs(1000))
                    .all()
                    .get();
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    @Test
    void recordWithAPossiblyDeletedDeadLetter_hasAProblem() throws Exception {
        String deadLetters = "receipt-states-deleted-dead-letters";
        TopicProbe.create(deadLetters, 1);
        KafkaProbe.send(new ProducerRecord<>(deadLetters, 0, null, "{}".getBytes(UTF_8)));
        Landed landed = new Landed(GROUP).answering();
        try (ReceiptStates states = states(landed, deadLetters)) {
            TopicProbe.delete(new TopicPartition(deadLetters, 0), 1);

            ReceiptState state = states.query(List.of(receipt(0)), Duration.ZERO)
                    .get(2, TimeUnit.MINUTES)
                    .get(receipt(0));

            assertThat(state.fields().toString())
                    .contains("landed={state=landed, file=/f0, problem=it may have been rejected: ");
            assertThat(state.isComplete()).isFalse();
        }
    }

    /** Its location is the same, but another record failed. */
    @Test
    void deadLetterOfAFormerTopic_isNotThatOfANewRecord() throws Exception {
        String deadLetters = "receipt-states-former-topic";
        TopicProbe.create(deadLetters, 1);
        reject(deadLetters, 0, "{\"n\":0}");
        reject(deadLetters, 1, "a record of the former topic");
        Landed landed = new Landed(GROUP).answering();
        try (ReceiptStates states = states(landed, deadLetters)) {
            Map<Receipt, ReceiptState> found =
                    states.query(List.of(receipt(0), receipt(1)), Duration.ZERO).get(2, TimeUnit.MINUTES);

            assertThat(found.get(receipt(0)).fields().toString()).contains("landed={state=rejected, ");
            assertThat(found.get(receipt(1)).fields().toString())
                    .contains("landed={state=landed, file=/f1}")
                    .contains("deadLetter=null");
        }
    }

    /** Adds the dead letter that landing writes for a record at an offset. */
    private static void reject(String deadLetters, long offset, String value) throws Exception {
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>(deadLetters, 0, null, value.getBytes(UTF_8));
        Map.of("topic", TOPIC, "partition", "0", "offset", "" + offset, "connector.name", "landing")
                .forEach((name, text) -> deadLetter.headers().add("__connect.errors." + name, text.getBytes(UTF_8)));
        KafkaProbe.send(deadLetter);
    }

    @Test
    void unfinishedSearch_isAnsweredWithThePartialState() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Landed landed = new Landed(GROUP);
        try (ReceiptStates states = new ReceiptStates(
                KafkaProbe.clients(),
                routes,
                () -> {
                    if (Thread.currentThread().getName().equals("wadi-receipts-records")) {
                        await(never);
                    }
                    return Set.of(landed);
                },
                "receipt-states-no-dead-letters",
                1000,
                Duration.ZERO)) {
            ReceiptState state = states.query(List.of(receipt(0)), Duration.ZERO)
                    .get(2, TimeUnit.MINUTES)
                    .get(receipt(0));

            assertThat(state.fields().toString())
                    .contains("kafka={timestamp=null, problem=the search for the record did not end within")
                    .contains("landed={state=landed, file=null, at=null, problem=");
            assertThat(state.isComplete()).isFalse();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
