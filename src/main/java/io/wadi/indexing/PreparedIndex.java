package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.setup.Readiness;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The index of a producer. It is set up, and included in health checks, while the producer is started. The setup is
 * repeated after an outage, since the cluster may have been replaced by an empty one: its first documents would create
 * indices without the templates. Thread-safe.
 */
final class PreparedIndex {
    private final Supplier<Readiness> setup;
    private final Supplier<Readiness> repetition;
    private volatile Readiness readiness;
    private boolean isOpen;

    /**
     * Creates an index that is not open yet.
     *
     * @param setup starts the setup of the index
     * @param repetition starts it again
     */
    PreparedIndex(Supplier<Readiness> setup, Supplier<Readiness> repetition) {
        this.setup = setup;
        this.repetition = repetition;
    }

    synchronized void open() {
        readiness = setup.get();
        isOpen = true;
    }

    /** Returns why the index is not ready; null if it is. */
    String obstacle() {
        return readiness.obstacle();
    }

    /** Returns a transport that sends requests through another one, and repeats the setup after an outage. */
    BiConsumer<DocumentBatch, Consumer<BulkResult>> around(BiConsumer<DocumentBatch, Consumer<BulkResult>> transport) {
        return (bulk, handler) -> transport.accept(bulk, result -> {
            if (result.isOutage()) {
                repeat();
            }
            handler.accept(result);
        });
    }

    private synchronized void repeat() {
        if (isOpen && obstacle() == null) {
            Readiness before = readiness;
            readiness = repetition.get();
            before.close();
        }
    }

    synchronized void close() {
        isOpen = false;
        readiness.close();
    }
}
