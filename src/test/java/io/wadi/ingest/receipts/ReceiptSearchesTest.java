package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiptSearchesTest {
    private static final TopicPartition READABLE = new TopicPartition("t", 0);
    private static final TopicPartition UNREADABLE = new TopicPartition("t", 1);
    private static final ReceiptState STATE = new ReceiptState(null, Map.of(), null, null, "");

    private final ConcurrentLinkedQueue<Set<Receipt>> searched = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Map<Receipt, Map<String, Progress>>> progresses = new ConcurrentLinkedQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch answers = new CountDownLatch(1);
    private final AtomicInteger closed = new AtomicInteger();
    private final ReceiptSearches searches = new ReceiptSearches(this::find, closed::incrementAndGet);
    /** Throws the exception of the next search; null if it succeeds. */
    private volatile Runnable failure;

    private volatile boolean isUninterruptible;

    @AfterEach
    void close() throws Exception {
        searches.close();
        assertThat(searches.awaitEnd(Duration.ofMinutes(2))).isTrue();
        assertThat(closed).as("closed once").hasValue(1);
    }

    private ReceiptSearches.Found find(Map<Receipt, Map<String, Progress>> progress) throws InterruptedException {
        Set<Receipt> receipts = progress.keySet();
        searched.add(receipts);
        progresses.add(Map.copyOf(progress));
        begun.countDown();
        awaitAnswers();
        Runnable failing = failure;
        failure = null;
        if (failing != null) {
            failing.run();
        }
        return new ReceiptSearches.Found(
                receipts.stream()
                        .filter(each -> each.partition().equals(READABLE))
                        .collect(Collectors.toMap(each -> each, each -> STATE)),
                new HashMap<>(Map.of(UNREADABLE, new KafkaException("unreadable"))));
    }

    private void awaitAnswers() throws InterruptedException {
        try {
            answers.await();
        } catch (InterruptedException e) {
            if (!isUninterruptible) {
                throw e;
            }
            answers.await();
        }
    }

    private ReceiptQuery add(Object client, TopicPartition partition, long from, long until) {
        return add(client, partition, from, until, Map.of());
    }

    private ReceiptQuery add(
            Object client, TopicPartition partition, long from, long until, Map<String, Progress> progress) {
        ReceiptQuery query = new ReceiptQuery(
                client,
                LongStream.range(from, until)
                        .mapToObj(offset -> new Receipt(partition, offset))
                        .toList(),
                Duration.ZERO,
                1);
        query.answer().whenComplete((found, error) -> searches.remove(query));
        query.checked(query.receipts());
        query.ready(Map.of(partition, committed(progress)));
        searches.add(query);
        return query;
    }

    /** Returns committed offsets after which all receipts of the partition have this progress. */
    private static CommittedOffsets committed(Map<String, Progress> progress) {
        Map<String, OptionalLong> offsets = new HashMap<>();
        progress.forEach(
                (target, each) -> offsets.put(target, OptionalLong.of(each == Progress.ARRIVED ? Long.MAX_VALUE : 0)));
        return new CommittedOffsets(offsets, 0);
    }

    @Test
    void onlyOneSearchRuns_andCanceledQuestionsAreNotSearched() throws Exception {
        ReceiptQuery first = add("greedy", READABLE, 0, 100);
        assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
        List<ReceiptQuery> canceled = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            canceled.add(add("greedy", READABLE, i * 100L, i * 100L + 100));
        }
        ReceiptQuery other = add("modest", READABLE, 5, 6);

        canceled.forEach(each -> each.answer().cancel(false));
        first.answer().cancel(false);
        answers.countDown();

        assertThat(other.answer().get(2, TimeUnit.MINUTES)).hasSize(1);
        assertThat(searched).hasSize(2);
        assertThat(List.copyOf(searched).get(1)).containsExactly(new Receipt(READABLE, 5));
    }

    @Test
    void failedSearch_failsItsQuestions_andNotLaterOnes() throws Exception {
        failure = () -> {
            throw new KafkaException("the dead-letter topic cannot be read");
        };
        ReceiptQuery first = add("one", READABLE, 0, 1);
        answers.countDown();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> first.answer().get(2, TimeUnit.MINUTES))
                .withCauseInstanceOf(KafkaException.class)
                .withMessageContaining("cannot be read");
        assertThat(add("one", READABLE, 1, 2).answer().get(2, TimeUnit.MINUTES)).hasSize(1);
    }

    @Test
    void searchThatFailsWithAnError_doesNotEndLaterOnes() throws Exception {
        failure = () -> {
            throw new NoClassDefFoundError("missing");
        };
        ReceiptQuery first = add("one", READABLE, 0, 1);
        answers.countDown();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> first.answer().get(2, TimeUnit.MINUTES))
                .withMessageContaining("missing");
        assertThat(add("one", READABLE, 1, 2).answer().get(2, TimeUnit.MINUTES)).hasSize(1);
    }

    @Test
    void unreadablePartition_failsOnlyItsQuestions() throws Exception {
        ReceiptQuery unreadable = add("one", UNREADABLE, 0, 1);
        ReceiptQuery readable = add("two", READABLE, 0, 1);
        answers.countDown();

        assertThat(readable.answer().get(2, TimeUnit.MINUTES)).hasSize(1);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> unreadable.answer().get(2, TimeUnit.MINUTES))
                .withMessageContaining("unreadable");
    }

    @Test
    void receiptOfSeveralQuestions_isSearchedWithItsLatestProgress() throws Exception {
        add("first", READABLE, 0, 1);
        assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();
        Map<String, Progress> later = Map.of("landed", Progress.ARRIVED, "indexed", Progress.PENDING);
        add("one", READABLE, 1, 2, later);
        ReceiptQuery last = add("two", READABLE, 1, 2, Map.of("landed", Progress.PENDING, "indexed", Progress.PENDING));
        answers.countDown();

        assertThat(last.answer().get(2, TimeUnit.MINUTES)).hasSize(1);
        assertThat(List.copyOf(progresses).get(1)).isEqualTo(Map.of(new Receipt(READABLE, 1), later));
    }

    @Test
    void closedWithoutASearch_closesOnce() {
        searches.close();
        searches.close();
        add("one", READABLE, 0, 1);

        assertThat(closed).hasValue(1);
        assertThat(searched).isEmpty();
    }

    /** {@link #close} checks that the thread ends and has closed once. */
    @Test
    void searchThatContinuesAfterTheInterrupt_closesAtItsEnd() throws Exception {
        isUninterruptible = true;
        add("one", READABLE, 0, 1);
        assertThat(begun.await(2, TimeUnit.MINUTES)).isTrue();

        searches.close();
        assertThat(closed).hasValue(0);
        answers.countDown();
    }
}
