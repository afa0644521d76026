package io.wadi.ingest.send;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A signal that several futures are complete, for which many requests wait with a timeout. A waiter is released after
 * its timeout, whereas a {@link CompletableFuture} references each dependent until it completes. Thread-safe.
 */
final class ReadySignal {
    private final CompletableFuture<Void> all;
    /** The actions that complete the waiters. */
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

    ReadySignal(CompletableFuture<?>... all) {
        this.all = CompletableFuture.allOf(all);
        this.all.whenComplete((done, failure) -> waiting.forEach(Runnable::run));
    }

    /** Returns whether all futures are complete. */
    boolean isDone() {
        return all.isDone();
    }

    /** Returns a future that completes when all futures have, and fails with a timeout if they do not in time. */
    CompletableFuture<Void> within(long timeoutMs) {
        CompletableFuture<Void> waiter = new CompletableFuture<>();
        Runnable end = () -> waiter.complete(null);
        waiting.add(end);
        if (isDone()) { // the futures may have completed before the waiter was added
            end.run();
        }
        return waiter.orTimeout(timeoutMs, TimeUnit.MILLISECONDS).whenComplete((done, late) -> waiting.remove(end));
    }
}
