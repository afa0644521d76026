package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the searches for the states of receipts on one thread, one search of at most {@value #MAX_RECEIPTS} receipts at
 * a time. Thread-safe.
 */
final class ReceiptSearches {
    static final int MAX_RECEIPTS = 100;
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ReceiptSearches.class);

    private final Finder finder;
    private final SearchQueue queue = new SearchQueue(MAX_RECEIPTS);
    /** Guarded by this. */
    private Thread thread;

    /** Finds the states of receipts. Called on one thread. */
    @FunctionalInterface
    interface Finder {
        /**
         * Returns the states that are found in a limited time.
         *
         * @param progress the progress of the receipts when their questions became ready, by target
         * @throws KafkaException if Kafka is unavailable
         */
        Found find(Map<Receipt, Map<String, Progress>> progress) throws InterruptedException;
    }

    /**
     * The result of a search. Receipts without a state or a failure are searched again.
     *
     * @param failures the failures to read partitions
     */
    record Found(Map<Receipt, ReceiptState> states, Map<TopicPartition, KafkaException> failures) {}

    ReceiptSearches(Finder finder) {
        this.finder = finder;
    }

    /** Adds a question; has no effect if it was canceled meanwhile. */
    void add(Question question) {
        synchronized (this) {
            if (thread == null || !thread.isAlive()) {
                thread = TargetLookup.daemon(this::run, "wadi-receipts-records");
                thread.start();
            }
        }
        queue.add(question);
        if (question.answer().isDone()) {
            queue.remove(question);
        }
    }

    /** Removes a question that is answered or canceled. */
    void remove(Question question) {
        queue.remove(question);
    }

    private void run() {
        try {
            while (true) {
                search(queue.next());
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("Receipts: search stopped", e);
        }
    }

    private void search(Map<Question, Set<Receipt>> questions) throws InterruptedException {
        try {
            Map<Receipt, Map<String, Progress>> progress = new HashMap<>();
            questions.forEach((question, receipts) ->
                    receipts.forEach(each -> progress.merge(each, question.progress(each), ReceiptSearches::later)));
            Found found = finder.find(progress);
            questions.forEach((question, receipts) -> answer(question, receipts, found));
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            questions.keySet().forEach(question -> question.fail(e));
        }
    }

    /** Returns the progress that was read later, which has fewer pending targets: committed offsets only grow. */
    private static Map<String, Progress> later(Map<String, Progress> one, Map<String, Progress> other) {
        return pending(one) < pending(other) ? one : other;
    }

    private static int pending(Map<String, Progress> progress) {
        return Collections.frequency(progress.values(), Progress.PENDING);
    }

    private static void answer(Question question, Set<Receipt> receipts, Found found) {
        question.found(receipts.stream()
                .filter(found.states()::containsKey)
                .collect(Collectors.toMap(receipt -> receipt, found.states()::get)));
        receipts.stream()
                .filter(receipt -> !found.states().containsKey(receipt))
                .map(receipt -> found.failures().get(receipt.partition()))
                .filter(failure -> failure != null)
                .findFirst()
                .ifPresent(question::fail);
    }

    /** Stops the search; returns whether its thread ended in time. */
    boolean stop() throws InterruptedException {
        Thread running;
        synchronized (this) {
            running = thread;
        }
        if (running == null) {
            return true;
        }
        running.interrupt();
        running.join(CLOSE_TIMEOUT.toMillis());
        return !running.isAlive();
    }
}
