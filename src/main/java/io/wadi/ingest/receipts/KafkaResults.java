package io.wadi.ingest.receipts;

import io.wadi.kafka.Causes;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest results of one kind of request to Kafka, by key. A key has at most one open request, and a request without
 * a response, such as for a partition without a leader, does not delay other keys. Not thread-safe.
 */
final class KafkaResults<K, V> {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaResults.class);
    /** The time to wait for responses, in which most arrive; later ones are returned by a later call. */
    static final Duration WAIT = Duration.ofMillis(100);
    /**
     * The age of a request after which its failure is discarded: longer than the client's timeout, so nothing waits for
     * it.
     */
    static final Duration FAILURE_TTL = Duration.ofSeconds(10);

    private final Function<Set<K>, Map<K, CompletableFuture<V>>> request;
    private final Duration wait;
    private final Duration failureTtl;
    private final Map<K, Request<V>> open = new HashMap<>();
    private final Map<K, Value<V>> values = new HashMap<>();
    /** The responses that the next call of {@link #get} waits for. */
    private CompletableFuture<Void> unawaited = CompletableFuture.completedFuture(null);

    private record Request<V>(CompletableFuture<V> response, long begun) {}

    /**
     * A value that Kafka returned.
     *
     * @param begun the time at which the request began, by {@link System#nanoTime}
     */
    record Value<V>(V value, long begun) {}

    /**
     * The latest values, and the failures since the previous call.
     *
     * @param values the values by key, without keys that have no response yet
     */
    record Found<K, V>(Map<K, Value<V>> values, Map<K, KafkaException> failures) {}

    /** Creates an instance without results; the function sends one request for all of its keys. */
    KafkaResults(Function<Set<K>, Map<K, CompletableFuture<V>>> request) {
        this(request, WAIT, FAILURE_TTL);
    }

    /** Creates an instance with another time to wait for responses and age at which a failed request is discarded. */
    KafkaResults(Function<Set<K>, Map<K, CompletableFuture<V>>> request, Duration wait, Duration failureTtl) {
        this.request = request;
        this.wait = wait;
        this.failureTtl = failureTtl;
    }

    /** Requests keys again unless they have an open request, without waiting for the responses. */
    void begin(Set<K> keys) {
        open.values().removeIf(this::isOldFailure);
        Set<K> unrequested = new HashSet<>(keys);
        unrequested.removeAll(open.keySet());
        if (!unrequested.isEmpty()) {
            long now = System.nanoTime();
            Map<K, CompletableFuture<V>> responses = request.apply(unrequested);
            responses.forEach((key, response) -> open.put(key, new Request<>(response, now)));
            unawaited = CompletableFuture.allOf(
                    unawaited, CompletableFuture.allOf(responses.values().toArray(new CompletableFuture<?>[0])));
        }
    }

    /**
     * Requests keys again unless they have an open request, waits briefly for the requests since the previous call, and
     * returns the latest results. Removes the values of other keys.
     */
    Found<K, V> get(Set<K> keys) throws InterruptedException {
        values.keySet().retainAll(keys);
        begin(keys);
        await(unawaited);
        unawaited = CompletableFuture.completedFuture(null);
        Map<K, KafkaException> failures = new HashMap<>();
        for (K key : Set.copyOf(open.keySet())) {
            if (open.get(key).response().isDone()) {
                end(key, open.remove(key), failures);
            }
        }
        failures.entrySet().stream()
                .findFirst()
                .ifPresent(first -> LOG.warn(
                        "Receipts: Kafka did not respond for {}{}: {}",
                        first.getKey(),
                        failures.size() == 1 ? "" : " and " + (failures.size() - 1) + " more",
                        Causes.inShort(first.getValue())));
        return new Found<>(Map.copyOf(values), failures);
    }

    private boolean isOldFailure(Request<V> old) {
        return old.response().isCompletedExceptionally() && System.nanoTime() - old.begun() > failureTtl.toNanos();
    }

    private void await(CompletableFuture<Void> all) throws InterruptedException {
        try {
            all.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // Each key has its own result.
        }
    }

    private void end(K key, Request<V> request, Map<K, KafkaException> failures) throws InterruptedException {
        try {
            values.put(key, new Value<>(request.response().get(), request.begun()));
        } catch (ExecutionException e) {
            values.remove(key);
            failures.put(key, e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause()));
        }
    }
}
