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

    private static final Logger LOG = LoggerFactory.getLogger(ReceiptSearches.class);

    private final Finder finder;
    private final Runnable closing;
    private final SearchQueue queue = new SearchQueue(MAX_RECEIPTS);
    /** The thread; null before the first query and after a failure. Guarded by this, as the field below. */
    private Thread thread;

    private boolean isClosed;

    /** Finds the states of receipts. Called on one thread. */
    @FunctionalInterface
    interface Finder {
        /**
         * Returns the states that are found in a limited time.
         *
         * @param progress the progress of the receipts when their queries became ready, by target
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

    /**
     * Creates an instance without a thread.
     *
     * @param closing closes what the finder uses; called once, after the last search
     */
    ReceiptSearches(Finder finder, Runnable closing) {
        this.finder = finder;
        this.closing = closing;
    }

    /** Adds a query; has no effect if it was canceled meanwhile, or after {@link #close}. */
    void add(ReceiptQuery query) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            if (thread == null) {
                thread = TargetLookup.daemon(this::run, "wadi-receipts-records");
                thread.start();
            }
        }
        queue.add(query);
        if (query.answer().isDone()) {
            queue.remove(query);
        }
    }

    /** Removes a query that is answered or canceled. */
    void remove(ReceiptQuery query) {
        queue.remove(query);
    }

    private void run() {
        try {
            while (!isClosed()) {
                search(queue.next());
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("Receipts: search stopped", e);
        } finally {
            end();
        }
    }

    private synchronized boolean isClosed() {
        return isClosed;
    }

    private void end() {
        synchronized (this) {
            if (!isClosed) {
                thread = null;
                return;
            }
        }
        // An interrupted thread cannot close Kafka's clients.
        Thread.interrupted();
        closing.run();
    }

    private void search(Map<ReceiptQuery, Set<Receipt>> queries) throws InterruptedException {
        try {
            Map<Receipt, Map<String, Progress>> progress = new HashMap<>();
            queries.forEach((query, receipts) ->
                    receipts.forEach(each -> progress.merge(each, query.progress(each), ReceiptSearches::later)));
            Found found = finder.find(progress);
            queries.forEach((query, receipts) -> answer(query, receipts, found));
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | LinkageError | AssertionError e) { // otherwise no query would be searched any more
            queries.keySet().forEach(query -> query.fail(e));
        }
    }

    /** Returns the progress that was read later, which has fewer pending targets: committed offsets only grow. */
    private static Map<String, Progress> later(Map<String, Progress> one, Map<String, Progress> other) {
        return pending(one) < pending(other) ? one : other;
    }

    private static int pending(Map<String, Progress> progress) {
        return Collections.frequency(progress.values(), Progress.PENDING);
    }

    private static void answer(ReceiptQuery query, Set<Receipt> receipts, Found found) {
        query.found(receipts.stream()
                .filter(found.states()::containsKey)
                .collect(Collectors.toMap(receipt -> receipt, found.states()::get)));
        receipts.stream()
                .filter(receipt -> !found.states().containsKey(receipt))
                .map(receipt -> found.failures().get(receipt.partition()))
                .filter(failure -> failure != null)
                .findFirst()
                .ifPresent(query::fail);
    }

    /** Interrupts the search without waiting for it. A search that does not end then closes the clients later. */
    void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            if (thread != null) {
                thread.interrupt();
                return;
            }
        }
        closing.run();
    }

    /** Waits for the thread after {@link #close}; returns whether it has ended. */
    boolean awaitEnd(Duration within) throws InterruptedException {
        Thread last;
        synchronized (this) {
            last = thread;
        }
        if (last != null) {
            last.join(within.toMillis());
        }
        return last == null || !last.isAlive();
    }
}
