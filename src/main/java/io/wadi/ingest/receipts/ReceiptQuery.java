package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * The receipts of one request until their states are known. A query waits for the targets, then for its turns of the
 * search, which finds the states. It is used by the thread that compares it with the committed offsets;
 * {@link #missing}, {@link #found} and {@link #fail} are thread-safe once it is ready.
 */
final class ReceiptQuery {
    private final Object client;
    private final Set<Receipt> receipts;
    private final long created = System.nanoTime();
    private final long deadline;
    /** The wait ends when fewer targets than this number are pending. */
    private final int pending;

    private final CompletableFuture<Map<Receipt, ReceiptState>> answer = new CompletableFuture<>();
    private final Map<Receipt, ReceiptState> states = new ConcurrentHashMap<>();
    /** The receipts that exist; null until checked. */
    private Set<Receipt> existing;

    private Set<TopicPartition> partitions = Set.of();
    /** The progress of each receipt when its search began, by target. */
    private Map<Receipt, Map<String, Progress>> progress = Map.of();

    private boolean isReady;
    private long readySince;

    ReceiptQuery(Object client, Collection<Receipt> receipts, Duration wait, int pending) {
        this.client = client;
        this.receipts = Set.copyOf(receipts);
        this.deadline = created + wait.toNanos();
        this.pending = pending;
    }

    /** Returns the client, by which the search alternates. */
    Object client() {
        return client;
    }

    Set<Receipt> receipts() {
        return receipts;
    }

    /** Returns a future with the states of the receipts that exist. */
    CompletableFuture<Map<Receipt, ReceiptState>> answer() {
        return answer;
    }

    boolean isChecked() {
        return existing != null;
    }

    /** Sets which receipts exist if the end offsets of all their partitions are known; has no effect otherwise. */
    void check(Map<TopicPartition, KafkaResults.Value<Long>> ends) {
        if (receipts.stream().allMatch(each -> isKnown(each, ends.get(each.partition())))) {
            checked(receipts.stream()
                    .filter(each -> isBelow(each, ends.get(each.partition())))
                    .collect(Collectors.toUnmodifiableSet()));
        }
    }

    /**
     * Returns false for an end offset below the receipt that was requested before this query: it may be outdated.
     */
    private boolean isKnown(Receipt receipt, KafkaResults.Value<Long> end) {
        return end != null && (isBelow(receipt, end) || end.begun() - created >= 0);
    }

    private static boolean isBelow(Receipt receipt, KafkaResults.Value<Long> end) {
        return receipt.offset() < end.value();
    }

    /** Sets which receipts exist; completes the answer if none does. */
    void checked(Set<Receipt> allExisting) {
        existing = receipts.stream().filter(allExisting::contains).collect(Collectors.toUnmodifiableSet());
        partitions = existing.stream().map(Receipt::partition).collect(Collectors.toUnmodifiableSet());
        completeIfFound();
    }

    boolean isReady() {
        return isReady;
    }

    /** Returns the partitions of the receipts that exist. */
    Set<TopicPartition> partitions() {
        return partitions;
    }

    /** Marks this query as ready for the search, with the current progress of its receipts. */
    void ready(Map<TopicPartition, CommittedOffsets> now) {
        progress = existing.stream()
                .collect(Collectors.toMap(
                        Function.identity(), each -> now.get(each.partition()).progress(each.offset())));
        isReady = true;
        readySince = System.nanoTime();
    }

    boolean isReadyFor(Duration time) {
        return isReady && System.nanoTime() - readySince >= time.toNanos();
    }

    boolean isOverdue() {
        return System.nanoTime() - deadline >= 0;
    }

    /** Returns whether the committed offsets of its partitions were requested after this query was created. */
    boolean isKnown(Map<TopicPartition, CommittedOffsets> now) {
        return partitions.stream().map(now::get).allMatch(each -> each != null && each.isSince(created));
    }

    /** Returns whether few enough targets are pending to end the wait. */
    boolean isAnswered(Map<TopicPartition, CommittedOffsets> now) {
        int left = pending;
        for (Receipt each : existing) {
            left -= now.get(each.partition()).pending(each.offset());
            if (left <= 0) {
                return false; // the most frequent result, often already at the first receipt
            }
        }
        return true;
    }

    /** Returns the progress of a receipt when the search began, by target. */
    Map<String, Progress> progress(Receipt receipt) {
        return progress.get(receipt);
    }

    /** Returns the receipts without a known state. */
    Stream<Receipt> missing() {
        return existing.stream().filter(each -> !states.containsKey(each));
    }

    /** Adds states; completes the answer once all are found. */
    void found(Map<Receipt, ReceiptState> some) {
        states.putAll(some);
        completeIfFound();
    }

    /** Completes the answer with the states found so far, and with a problem for the others. */
    void answerLate(String problem) {
        answer.complete(existing.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        each -> states.containsKey(each)
                                ? states.get(each)
                                : ReceiptState.notSearched(progress(each), problem))));
    }

    void fail(Throwable error) {
        answer.completeExceptionally(error);
    }

    private void completeIfFound() {
        if (states.keySet().containsAll(existing)) {
            answer.complete(Map.copyOf(states));
        }
    }
}
