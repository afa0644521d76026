package io.wadi.indexing.bulk;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.FailureStoreStatus;
import io.wadi.indexing.document.Document;
import io.wadi.kafka.Backoff;
import io.wadi.kafka.PartitionSink.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.http.HttpStatus;

/**
 * Sends one partition's documents to Elasticsearch: several concurrent requests while all succeed; after a failure one
 * at a time with growing backoff, until one succeeds. Documents to retry come first in the next request. Order does not
 * matter, since a document is created once or not at all. Responses may arrive on any thread and are processed by
 * {@link #attend} only; otherwise not thread-safe.
 */
public final class BulkSender {
    /** The interval between attempts to acquire a slot. */
    private static final Duration SLOT_RETRY_INTERVAL = Duration.ofMillis(5);

    private final Outlet outlet;
    private final Outcomes outcomes;
    private final BulkSize size;
    private final Deque<Document> waiting = new ArrayDeque<>();
    private final BlockingQueue<BulkResult> results = new LinkedBlockingQueue<>();
    private long heldBytes;
    private int inFlight;
    private int failures;
    private String lastFailure;
    private long retryAtNanos;
    private boolean shuttingDown;

    /**
     * The connection to Elasticsearch that partitions share.
     *
     * @param slots limit of concurrent requests
     * @param transport sends a request and passes on its result, once, on any thread; throws nothing
     * @param obstacle supplies why nothing may be sent yet; null if all is ready
     * @param mostDocuments maximum number of documents in a request
     * @param mostBytes maximum size of the documents in a request, unless it has only one
     * @param finishWithin timeout for requests in flight during shutdown
     * @param nanoTime the clock
     */
    public record Outlet(
            RequestSlots slots,
            BiConsumer<DocumentBatch, Consumer<BulkResult>> transport,
            Supplier<String> obstacle,
            int mostDocuments,
            long mostBytes,
            Duration finishWithin,
            LongSupplier nanoTime) {
        /** Returns a copy with one more obstacle. */
        public Outlet and(Supplier<String> more) {
            Supplier<String> either = () -> {
                String first = obstacle.get();
                return first == null ? more.get() : first;
            };
            return new Outlet(slots, transport, either, mostDocuments, mostBytes, finishWithin, nanoTime);
        }
    }

    /** Receives the outcome of each document, once, on the thread of {@link #attend}. */
    public interface Outcomes {
        /** A request was sent. */
        default void sent(DocumentBatch bulk) {}

        /** The document is indexed. */
        void indexed(Document document);

        /** The document is rejected permanently. */
        void refused(Document document, RejectedDocumentException cause);

        /** A request failed and is retried after a pause. */
        void failed(String cause, int failures, Duration pause);
    }

    public BulkSender(Outlet outlet, Outcomes outcomes) {
        this.outlet = outlet;
        this.outcomes = outcomes;
        this.size = new BulkSize(outlet.mostDocuments(), outlet.mostBytes());
    }

    /** Adds a document to be sent. */
    public void add(Document document) {
        waiting.add(document);
        heldBytes += document.heldBytes();
    }

    /**
     * Returns whether the documents of a full request are waiting, or all documents wait because of a failure or an
     * obstacle.
     */
    public boolean isFull() {
        return failures > 0
                || size.isFull(waiting.size(), heldBytes)
                || outlet.obstacle().get() != null;
    }

    /** Returns whether no document is waiting or in flight. */
    public boolean isIdle() {
        return waiting.isEmpty() && inFlight == 0;
    }

    /** Returns whether a response or a slot is expected. */
    public boolean isBusy() {
        return inFlight > 0
                || (!waiting.isEmpty() && !isPausing() && outlet.obstacle().get() == null);
    }

    /** Returns the last failure that is being retried, or null. */
    public Failure failure() {
        if (failures > 0) {
            return new Failure(lastFailure, failures);
        }
        String obstacle = outlet.obstacle().get();
        return obstacle == null ? null : new Failure(obstacle, 1);
    }

    /** Processes responses that have arrived and sends the requests that are due. */
    public void attend() {
        processResponses();
        while (isDue()) {
            if (!takeSlot()) {
                return;
            }
            send(nextBatch());
        }
        outlet.slots().leave(this);
    }

    /** Processes responses that have arrived. */
    public void processResponses() {
        for (BulkResult result = results.poll(); result != null; result = results.poll()) {
            process(result);
        }
    }

    /**
     * Like {@link #attend}, for a shutdown: other partitions of this thread make no progress meanwhile, so slots are
     * acquired ahead of the queue from now on.
     */
    public void beginShutdown() {
        shuttingDown = true;
        attend();
    }

    private boolean takeSlot() {
        return shuttingDown ? outlet.slots().takeFirst(this) : outlet.slots().take(this);
    }

    /** Like {@link #attend}, but first waits up to this long for a response or a slot. */
    public void attendToTheEnd(Duration longest) throws InterruptedException {
        attendWithin(inFlight > 0 || longest.compareTo(SLOT_RETRY_INTERVAL) < 0 ? longest : SLOT_RETRY_INTERVAL);
    }

    /** Like {@link #attend}, but first waits up to this long for a response. */
    public void attendWithin(Duration longest) throws InterruptedException {
        BulkResult result = results.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (result != null) {
            process(result);
        }
        attend();
    }

    public void close() {
        waiting.clear();
        outlet.slots().leave(this);
    }

    // ---- sending

    /**
     * Returns whether a request is to be sent now: a full one beside others in flight, another one only by itself.
     * After a failure there is one request at a time.
     */
    private boolean isDue() {
        if (waiting.isEmpty() || isPausing() || outlet.obstacle().get() != null) {
            return false;
        }
        return inFlight == 0 || (failures == 0 && size.isFull(waiting.size(), heldBytes));
    }

    private boolean isPausing() {
        return failures > 0 && outlet.nanoTime().getAsLong() - retryAtNanos < 0;
    }

    private DocumentBatch nextBatch() {
        List<Document> documents = new ArrayList<>(Math.min(waiting.size(), size.documents()));
        long bytes = 0;
        while (!waiting.isEmpty()
                && documents.size() < size.documents()
                && (documents.isEmpty() || bytes + waiting.peek().bytes() <= size.bytes())) {
            Document next = waiting.remove();
            bytes += next.bytes();
            heldBytes -= next.heldBytes();
            documents.add(next);
        }
        return new DocumentBatch(documents, bytes);
    }

    private void send(DocumentBatch bulk) {
        inFlight++;
        outcomes.sent(bulk);
        outlet.transport().accept(bulk, result -> {
            outlet.slots().give();
            results.add(result);
        });
    }

    // ---- outcomes

    private void process(BulkResult result) {
        inFlight--;
        if (result.items() == null) {
            processFailure(result);
        } else {
            processItems(result);
        }
    }

    private void processFailure(BulkResult result) {
        DocumentBatch bulk = result.bulk();
        BulkOutcome outcome = BulkOutcome.ofRequest(result.status());
        if (bulk.size() == 1 && (outcome == BulkOutcome.TOO_LARGE || BulkOutcome.exceedsMemory(result.reason()))) {
            failures = 0; // Elasticsearch responds; perhaps no other document will succeed and reset it.
            Document alone = bulk.documents().get(0);
            outcomes.refused(
                    alone,
                    new RejectedDocumentException("the document of %d bytes exceeds Elasticsearch's limit: %s"
                            .formatted(alone.bytes(), result.reason())));
            return;
        }
        putBack(bulk.documents());
        if (outcome == BulkOutcome.TOO_LARGE) {
            size.onTooLarge(bulk);
        } else {
            pause(result.reason(), outcome == BulkOutcome.AGAIN);
        }
    }

    private void processItems(BulkResult result) {
        List<Document> again = new ArrayList<>();
        Set<Integer> conflicts = Set.copyOf(result.conflicts());
        String failure = null;
        boolean overloaded = false;
        for (int i = 0; i < result.items().size(); i++) {
            Document document = result.bulk().documents().get(i);
            BulkResponseItem item = result.items().get(i);
            if (conflicts.contains(i)) {
                String problem = processConflict(document, result.stored().get(i));
                if (problem != null) {
                    again.add(document);
                    failure = "index " + item.index() + ": " + problem;
                }
                continue;
            }
            BulkOutcome outcome = isBeyondMemory(result.bulk(), item) ? BulkOutcome.TOO_LARGE : outcome(document, item);
            switch (outcome) {
                case DONE -> outcomes.indexed(document);
                case REFUSED, TOO_LARGE -> outcomes.refused(document, refusal(item));
                case AGAIN, WAIT -> {
                    again.add(document);
                    failure = "index " + item.index() + ": " + BulkResult.reason(item);
                    overloaded |= outcome == BulkOutcome.AGAIN;
                }
                default -> throw new IllegalStateException(outcome.name());
            }
        }
        if (failure == null) {
            failures = 0;
            size.onSuccess(result.bulk());
        } else {
            putBack(again);
            pause(
                    "%s (%d of %d documents)"
                            .formatted(failure, again.size(), result.bulk().size()),
                    overloaded);
        }
    }

    /**
     * Handles a document with an id that exists: either its own record was indexed before, or another record with the
     * same sender id.
     *
     * @return why the stored document could not be read; null if it was
     */
    private String processConflict(Document document, StoredOrigins.Stored stored) {
        if (stored.problem() != null) {
            return stored.problem();
        }
        if (stored.origin().equals(document.origin())) {
            outcomes.indexed(document);
        } else {
            outcomes.refused(document, StoredOrigins.refusal(document, stored));
        }
        return null;
    }

    /**
     * Returns the outcome of an item. A document that selects its own index is rejected if that index does not accept
     * it, since the partition would be paused while it is retried.
     */
    private static BulkOutcome outcome(Document document, BulkResponseItem item) {
        if (item.failureStore() == FailureStoreStatus.Used || BulkResult.isDropped(item)) {
            return BulkOutcome.REFUSED; // The status is that of a success, but the index does not have the document.
        }
        if (item.error() == null) {
            return BulkOutcome.ofItem(item.status(), null, null);
        }
        String type = item.error().type();
        String reason = item.error().reason();
        return document.selectsIndex() && BulkOutcome.isOfIndex(item.status(), type, reason)
                ? BulkOutcome.REFUSED
                : BulkOutcome.ofItem(item.status(), type, reason);
    }

    /** Returns whether the node of a shard rejects a document at each attempt, although it is alone in its request. */
    private static boolean isBeyondMemory(DocumentBatch bulk, BulkResponseItem item) {
        return bulk.size() == 1
                && item.status() == HttpStatus.SC_TOO_MANY_REQUESTS
                && item.error() != null
                && BulkOutcome.exceedsMemory(item.error().reason());
    }

    private static RejectedDocumentException refusal(BulkResponseItem item) {
        return new RejectedDocumentException(
                "index %s rejected %s: %s".formatted(item.index(), item.id(), BulkResult.reason(item)));
    }

    private void putBack(List<Document> documents) {
        for (int i = documents.size() - 1; i >= 0; i--) {
            waiting.addFirst(documents.get(i));
            heldBytes += documents.get(i).heldBytes();
        }
    }

    private void pause(String cause, boolean overloaded) {
        if (overloaded) {
            size.onOverload();
        }
        failures++;
        lastFailure = cause;
        Duration pause = Backoff.after(failures);
        retryAtNanos = outlet.nanoTime().getAsLong() + pause.toNanos();
        outcomes.failed(cause, failures, pause);
    }
}
