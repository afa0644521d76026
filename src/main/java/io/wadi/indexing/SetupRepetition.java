package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.DocumentBatch;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A transport that sends requests through another one, and repeats the setup of indices after an outage or if an index
 * is missing, before it passes on the result.
 *
 * @param repeat repeats the setup; called on any thread
 */
record SetupRepetition(BiConsumer<DocumentBatch, Consumer<BulkResult>> transport, Runnable repeat)
        implements BiConsumer<DocumentBatch, Consumer<BulkResult>> {
    @Override
    public void accept(DocumentBatch bulk, Consumer<BulkResult> handler) {
        transport.accept(bulk, result -> {
            if (result.isOutage() || result.isIndexMissing()) {
                repeat.run();
            }
            handler.accept(result);
        });
    }
}
