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

/**
 * Sends one partition's documents to Elasticsearch: several concurrent requests while all succeed; after a failure one
 * at a time with growing backoff, until one succeeds. Documents to retry come first in the next request. Order does not
 * matter, since a document is created once or not at all. Responses may arrive on any thread and are processed by
 * {@link #attend} only; otherwise not thread-safe.
 */
public final class BulkSender {
    /** The interval for retrying to get a slot. */
    private static final Duration SLOT_RETRY_INTERVAL = Duration.ofMillis(5);

    private final Outlet outlet;
    private final Outcomes outcomes;
    private final BulkSize size;
    private final Deque<Document> waiting = new ArrayDeque<>();
    private final BlockingQueue<BulkResult> answers = new LinkedBlockingQueue<>();
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
     * @param mostDocuments in a request
     * @param mostBytes of documents in a request of more than one
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

        /** The document is rejected for good. */
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

    /** Returns whether a full request waits, or all wait after a failure. */
    public boolean isFull() {
        return failures > 0
                || size.isFull(waiting.size(), heldBytes)
                || outlet.obstacle().get() != null;
    }

    /** Returns whether nothing waits or is in flight. */
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

    /** Processes responses that have arrived and sends what can be sent. */
    public void attend() {
        for (BulkResult answer = answers.poll(); answer != null; answer = answers.poll()) {
            take(answer);
        }
        while (isDue()) {
            if (!takeSlot()) {
                return;
            }
            send(cut());
        }
        outlet.slots().leave(this);
    }

    private boolean takeSlot() {
        return shuttingDown ? outlet.slots().takeFirst(this) : outlet.slots().take(this);
    }

    /**
     * Like {@link #attend}, but first waits up to this long for a response or a slot. For shutdown: other partitions of this
     * thread make no progress meanwhile, so that slots are acquired ahead of the queue.
     */
    public void attendToTheEnd(Duration longest) throws InterruptedException {
        shuttingDown = true;
        attendWithin(inFlight > 0 || longest.compareTo(SLOT_RETRY_INTERVAL) < 0 ? longest : SLOT_RETRY_INTERVAL);
    }

    /** Waits up to this long for a response; then like {@link #attend}. */
    public void attendWithin(Duration longest) throws InterruptedException {
        BulkResult answer = answers.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (answer != null) {
            take(answer);
        }
        attend();
    }

    public void close() {
        waiting.clear();
        outlet.slots().leave(this);
    }

    // ---- sending

    /** Small requests go alone, full ones beside others; after a failure there is one at a time. */
    private boolean isDue() {
        if (waiting.isEmpty() || isPausing() || outlet.obstacle().get() != null) {
            return false;
        }
        return inFlight == 0 || (failures == 0 && size.isFull(waiting.size(), heldBytes));
    }

    private boolean isPausing() {
        return failures > 0 && outlet.nanoTime().getAsLong() - retryAtNanos < 0;
    }

    private DocumentBatch cut() {
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
        outlet.transport().accept(bulk, answer -> {
            outlet.slots().give();
            answers.add(answer);
        });
    }

    // ---- outcomes

    private void take(BulkResult answer) {
        inFlight--;
        if (answer.items() == null) {
            takeRefusal(answer);
        } else {
            takeItems(answer);
        }
    }

    private void takeRefusal(BulkResult answer) {
        DocumentBatch bulk = answer.bulk();
        BulkOutcome outcome = BulkOutcome.ofRequest(answer.status());
        if (outcome == BulkOutcome.TOO_LARGE && bulk.size() == 1) {
            Document alone = bulk.documents().get(0);
            outcomes.refused(
                    alone,
                    new RejectedDocumentException("the document of %d bytes exceeds Elasticsearch's limit: %s"
                            .formatted(alone.bytes(), answer.reason())));
            return;
        }
        putBack(bulk.documents());
        if (outcome == BulkOutcome.TOO_LARGE) {
            size.wasTooLarge(bulk);
        } else {
            pause(answer.reason(), outcome == BulkOutcome.AGAIN);
        }
    }

    private void takeItems(BulkResult answer) {
        List<Document> again = new ArrayList<>();
        Set<Integer> conflicts = Set.copyOf(answer.conflicts());
        String failure = null;
        boolean overloaded = false;
        for (int i = 0; i < answer.items().size(); i++) {
            Document document = answer.bulk().documents().get(i);
            BulkResponseItem item = answer.items().get(i);
            if (conflicts.contains(i)) {
                String problem = takeConflict(document, answer.stored().get(i));
                if (problem != null) {
                    again.add(document);
                    failure = "index " + item.index() + ": " + problem;
                }
                continue;
            }
            BulkOutcome outcome = outcome(document, item);
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
            size.wentWell(answer.bulk());
        } else {
            putBack(again);
            pause(
                    "%s (%d of %d documents)"
                            .formatted(failure, again.size(), answer.bulk().size()),
                    overloaded);
        }
    }

    /**
     * Decides on a document with an existing id: its own record was indexed before, or another one with the same sender id.
     *
     * @return why the stored document could not be read; null if it was
     */
    private String takeConflict(Document document, StoredOrigins.Stored stored) {
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

    /** A document that selects its index is rejected with it: while it is retried, its partition is paused. */
    private static BulkOutcome outcome(Document document, BulkResponseItem item) {
        if (item.failureStore() == FailureStoreStatus.Used) {
            return BulkOutcome.REFUSED; // The status is 201, but the document is not in the data stream.
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
            size.wasTooMuch();
        }
        failures++;
        lastFailure = cause;
        Duration pause = Backoff.after(failures);
        retryAtNanos = outlet.nanoTime().getAsLong() + pause.toNanos();
        outcomes.failed(cause, failures, pause);
    }
}
