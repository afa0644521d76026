package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SearchQueueTest {
    private static final int MAX = 100;
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final SearchQueue queue = new SearchQueue(MAX);

    private static Set<Receipt> receipts(long from, long until) {
        return LongStream.range(from, until)
                .mapToObj(offset -> new Receipt(PARTITION, offset))
                .collect(HashSet::new, Set::add, Set::addAll);
    }

    /** Adds a query about offsets, all of which exist. */
    private ReceiptQuery add(String client, long from, long until) {
        ReceiptQuery query = new ReceiptQuery(client, receipts(from, until), Duration.ZERO, 1);
        query.checked(query.receipts());
        queue.add(query);
        return query;
    }

    private static Set<Receipt> all(Map<ReceiptQuery, Set<Receipt>> search) {
        Set<Receipt> all = new HashSet<>();
        search.values().forEach(all::addAll);
        return all;
    }

    @Test
    void search_isBounded_andContinuesWithTheRemainingReceipts() throws Exception {
        ReceiptQuery large = add("one", 0, 250);

        Map<ReceiptQuery, Set<Receipt>> first = queue.next();
        assertThat(first.get(large)).hasSize(MAX);
        large.found(states(first.get(large)));
        Map<ReceiptQuery, Set<Receipt>> second = queue.next();
        assertThat(second.get(large)).hasSize(MAX).doesNotContainAnyElementsOf(first.get(large));
        large.found(states(second.get(large)));
        Map<ReceiptQuery, Set<Receipt>> third = queue.next();
        assertThat(third.get(large)).hasSize(50);
        large.found(states(third.get(large)));

        assertThat(large.answer())
                .isCompletedWithValueMatching(found -> found.keySet().equals(receipts(0, 250)));
    }

    private static Map<Receipt, ReceiptState> states(Set<Receipt> receipts) {
        return receipts.stream()
                .collect(Collectors.toMap(
                        receipt -> receipt, receipt -> new ReceiptState(null, Map.of(), null, null, "")));
    }

    @Test
    void clientWithFewReceipts_isServedInTheNextSearch_despiteAnotherClientsBacklog() throws Exception {
        for (int i = 0; i < 200; i++) {
            add("greedy", i * 10_000L, i * 10_000L + 100);
        }
        queue.next();
        ReceiptQuery modest = add("modest", 5, 8);

        Map<ReceiptQuery, Set<Receipt>> search = queue.next();

        assertThat(search.get(modest)).hasSize(3);
        assertThat(all(search)).hasSize(MAX);
    }

    @Test
    void clientsBeyondTheLimitOfASearch_areServedRoundRobin() throws Exception {
        Set<ReceiptQuery> unserved = new HashSet<>();
        for (int i = 0; i < 250; i++) {
            unserved.add(add("client-" + i, i * 1000L, i * 1000L + 50));
        }

        for (int search = 0; search < 3; search++) {
            unserved.removeAll(queue.next().keySet());
        }

        assertThat(unserved).isEmpty();
    }

    @Test
    void questionsAboutTheSameReceipt_areSearchedOnce() throws Exception {
        for (int i = 0; i < 2000; i++) {
            add("client-" + i % 7, 1, 2);
        }

        Map<ReceiptQuery, Set<Receipt>> search = queue.next();

        assertThat(search).hasSize(2000);
        assertThat(all(search)).hasSize(1);
    }

    @Test
    void removedQuestion_isNotSearched() throws Exception {
        ReceiptQuery canceled = add("one", 0, 10);
        ReceiptQuery other = add("one", 10, 20);

        queue.remove(canceled);

        assertThat(List.copyOf(queue.next().keySet())).containsExactly(other);
    }
}
