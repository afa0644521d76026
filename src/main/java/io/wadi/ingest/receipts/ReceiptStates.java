package io.wadi.ingest.receipts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.wadi.ingest.IngestSettings;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.receipts.ReceiptState.Progress;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.runtime.MemoryPlan;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.WadiSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the states of receipts from committed offsets, the dead-letter topic and the targets. One thread compares all
 * open queries with the committed offsets every 50 ms; another one runs the search for queries that are ready. A
 * waiting query occupies no thread. Thread-safe.
 */
public final class ReceiptStates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReceiptStates.class);

    private static final long INTERVAL_MS = 50;
    /** The time after which a query that is ready is answered with the states found so far. */
    private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(10);
    /** The time for which {@link #close} waits for each thread. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    /** The time for which a final state is cached: it becomes outdated when compaction replaces files. */
    private static final Duration CACHE_TTL = Duration.ofSeconds(30);
    /** The memory of a cached state without its strings; measured: 1.2 KB. */
    private static final int STATE_BYTES = 1200;

    private final ReceiptProgress progress;
    private final ReceiptDetails details;
    private final ReceiptSearches searches;
    private final Cache<Receipt, ReceiptState> finals;

    /** The open queries. Guarded by this, as all fields below. */
    private final Set<ReceiptQuery> queries = new LinkedHashSet<>();

    private Thread thread;
    private boolean isNew;
    private boolean isStopping;
    private boolean isClosed;

    /**
     * Creates an instance from the settings; it connects to Kafka with the first query.
     *
     * @param routes the Camel context of this process
     * @param bound supplies the targets
     */
    public static ReceiptStates of(
            KafkaClients kafka, CamelContext routes, Supplier<Set<RecordTarget>> bound, Settings settings) {
        return new ReceiptStates(
                kafka,
                routes,
                bound,
                settings.get(WadiSettings.DEAD_LETTERS_TOPIC),
                settings.get(ReceiptsSettings.MAX_DEAD_LETTERS).intValue(),
                settings.get(IngestSettings.MAX_TIMESTAMP_AHEAD));
    }

    /**
     * Creates an instance from single settings.
     *
     * @param maxDeadLetters maximum number of records for which dead letters are kept, within
     *     {@link MemoryPlan.Receipts their share of the heap}
     * @param maxAhead maximum time by which the timestamp of a record may be ahead
     */
    ReceiptStates(
            KafkaClients kafka,
            CamelContext routes,
            Supplier<Set<RecordTarget>> bound,
            String deadLetterTopic,
            int maxDeadLetters,
            Duration maxAhead) {
        MemoryPlan.Receipts memory = MemoryPlan.Receipts.of(Runtime.getRuntime().maxMemory());
        Targets targets = new Targets(routes, bound);
        this.progress = new ReceiptProgress(kafka, targets, deadLetterTopic);
        this.details = new ReceiptDetails(kafka, targets, maxDeadLetters, memory.deadLetters(), maxAhead);
        this.searches = new ReceiptSearches(this::find, details::close);
        this.finals = Caffeine.newBuilder()
                .maximumWeight(memory.states())
                .weigher((Receipt receipt, ReceiptState state) -> bytes(state))
                .expireAfterWrite(CACHE_TTL)
                .executor(Runnable::run)
                .build();
    }

    /** Returns the memory of a state, with the length of its response for its strings. */
    static int bytes(ReceiptState state) {
        return STATE_BYTES + HttpResponses.json(state.fields()).length;
    }

    /**
     * Returns the state of a receipt, once no target is pending or after a time; empty if it does not exist.
     *
     * @throws KafkaException if Kafka is unavailable
     */
    public Optional<ReceiptState> await(Receipt receipt, Duration wait) throws InterruptedException {
        try {
            return Optional.ofNullable(query(List.of(receipt), wait).get().get(receipt));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        }
    }

    /** As {@link #query(Object, Collection, Duration, int)}, with this process as the client. */
    CompletableFuture<Map<Receipt, ReceiptState>> query(Collection<Receipt> receipts, Duration wait) {
        return query(this, receipts, wait, 1);
    }

    /**
     * Returns the states of the receipts that exist, once fewer targets than {@code pending} are pending, or after the
     * wait. The search that follows takes at most 10 s; states that are not found by then have a problem. Canceling the
     * future ends the search. Callers limit the number of open queries.
     *
     * @param client the client, by which searches alternate
     * @return a future that fails with a {@link KafkaException} if Kafka is unavailable, at once or at the end of the
     *     wait, and with a {@link RequestException} 503 once this is closed
     */
    CompletableFuture<Map<Receipt, ReceiptState>> query(
            Object client, Collection<Receipt> receipts, Duration wait, int pending) {
        Map<Receipt, ReceiptState> known = finals.getAllPresent(receipts);
        if (known.size() == Set.copyOf(receipts).size()) {
            return CompletableFuture.completedFuture(known);
        }
        ReceiptQuery query = new ReceiptQuery(client, receipts, wait, pending);
        query.answer().whenComplete((done, error) -> remove(query));
        if (!add(query)) {
            query.fail(stopping());
        }
        return query.answer();
    }

    private static RequestException stopping() {
        return new RequestException(HttpResponses.UNAVAILABLE, "Wadi is stopping");
    }

    /** Adds a query; returns false if this is closed. */
    private synchronized boolean add(ReceiptQuery query) {
        if (isClosed) {
            return false;
        }
        queries.add(query);
        isNew = true;
        if (thread == null || !thread.isAlive()) {
            thread = TargetLookup.daemon(this::run, "wadi-receipts");
            thread.start();
        }
        notifyAll();
        return true;
    }

    private void remove(ReceiptQuery query) {
        synchronized (this) {
            queries.remove(query);
        }
        searches.remove(query);
    }

    /** Ends the wait of all open and later queries: they are answered with the current state. */
    void stopWaiting() {
        synchronized (this) {
            isStopping = true;
            isNew = true;
            notifyAll();
        }
    }

    private void run() {
        try {
            while (true) {
                List<ReceiptQuery> open = awaitQueries();
                if (open.isEmpty()) {
                    return;
                }
                long begun = System.nanoTime();
                compare(open);
                pause(INTERVAL_MS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("Receipts: stopped", e);
        }
    }

    /** Waits until there are open queries, and returns them; empty once this is closed. */
    private synchronized List<ReceiptQuery> awaitQueries() throws InterruptedException {
        while (queries.isEmpty() && !isClosed) {
            wait();
        }
        isNew = false;
        return isClosed ? List.of() : List.copyOf(queries);
    }

    private synchronized void pause(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left = millis;
        while (left > 0 && !isNew && !queries.isEmpty()) {
            wait(left);
            left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        }
    }

    private synchronized boolean isDue(ReceiptQuery query) {
        return isStopping || query.isOverdue();
    }

    private void compare(List<ReceiptQuery> open) throws InterruptedException {
        try {
            check(open.stream().filter(each -> !each.isChecked()).toList());
            beginSearches(open.stream()
                    .filter(each -> each.isChecked() && !each.isReady())
                    .toList());
            answerLate(open.stream()
                    .filter(each -> each.isReadyFor(SEARCH_TIMEOUT))
                    .toList());
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | LinkageError | AssertionError e) { // otherwise the queries would wait forever
            open.forEach(each -> each.fail(e));
        }
    }

    private void check(List<ReceiptQuery> unchecked) throws InterruptedException {
        if (unchecked.isEmpty()) {
            return;
        }
        try {
            progress.check(unchecked);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("Receipts: Kafka did not respond: {}", Causes.inShort(e));
            unchecked.forEach(each -> each.fail(e));
        }
    }

    /** Begins the search for the queries with a wait that has ended. */
    private void beginSearches(List<ReceiptQuery> waiting) throws InterruptedException {
        ReceiptProgress.Comparison now = progress.compare(
                waiting.stream().flatMap(each -> each.partitions().stream()).collect(Collectors.toSet()));
        for (ReceiptQuery each : waiting) {
            if (each.answer().isDone()) {
                continue;
            }
            if (each.isKnown(now.known())) {
                if (isDue(each) || each.isAnswered(now.known())) {
                    each.ready(now.known());
                    searches.add(each);
                }
            } else if (isDue(each)) {
                each.partitions().stream()
                        .map(now.failures()::get)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .ifPresent(each::fail);
            }
        }
    }

    private static void answerLate(List<ReceiptQuery> late) {
        String problem = "the search for the record did not end within %d s: send the request again"
                .formatted(SEARCH_TIMEOUT.toSeconds());
        late.forEach(each -> each.answerLate(problem));
    }

    /**
     * Finds the states of one search. The end offsets of the dead-letter topic are read after the committed offsets, so
     * that the dead letters of all records that have arrived are before them.
     */
    private ReceiptSearches.Found find(Map<Receipt, Map<String, Progress>> now) throws InterruptedException {
        ReceiptSearches.Found found = details.find(now, () -> progress.deadLetterEndOffsets(now.values()));
        found.states().forEach((receipt, state) -> {
            if (state.isComplete()) {
                finals.put(receipt, state);
            }
        });
        return found;
    }

    /** Fails all open queries and stops the threads; waits for a limited time until they have ended. */
    @Override
    public void close() {
        List<ReceiptQuery> open;
        Thread running;
        synchronized (this) {
            isClosed = true;
            open = List.copyOf(queries);
            running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
        open.forEach(each -> each.fail(stopping()));
        searches.close();
        try {
            if (!searches.awaitEnd(CLOSE_TIMEOUT)) {
                LOG.warn(
                        "Receipts: the search has not ended within {}; its clients are closed after its end",
                        Units.text(CLOSE_TIMEOUT));
            }
            if (running != null) {
                running.join(CLOSE_TIMEOUT.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        progress.close();
    }
}
