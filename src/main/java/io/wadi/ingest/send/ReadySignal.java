package io.wadi.ingest.send;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Futures that many requests wait for, each for a limited time. After a timeout nothing is referenced, whereas
 * a {@link CompletableFuture} references each dependent until it completes. Thread-safe.
 */
final class ReadySignal {
    private final CompletableFuture<Void> all;
    /** The actions that end a wait. */
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    ReadySignal(CompletableFuture<?>... all) {
        this.all = CompletableFuture.allOf(all);
        this.all.whenComplete((done, failure) -> waiting.forEach(Runnable::run));
    }

    /** Returns whether all futures are complete. */
    boolean isDone() {
        return all.isDone();
    }

    /** Returns a future that completes when all futures have, and with a timeout if they have not in this time. */
    CompletableFuture<Void> within(long timeoutMs) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        Runnable end = () -> waiter.complete(null);
        waiting.add(end);
        if (isDone()) { // perhaps before the waiter was added
            end.run();
        }
        return waiter.orTimeout(timeoutMs, TimeUnit.MILLISECONDS).whenComplete((done, late) -> waiting.remove(end));
    }
}
