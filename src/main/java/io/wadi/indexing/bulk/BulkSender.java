package io.wadi.indexing.bulk;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import io.wadi.indexing.document.Document;
import io.wadi.kafka.Backoff;
import io.wadi.kafka.PartitionSink.Trouble;
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
 * Brings one partition's documents to Elasticsearch: several requests under way at a time while all goes well; after a failure
 * one, following a growing pause, until one goes well again. Documents that Elasticsearch could not take now are the first of
 * the next request. Order does not matter, since a document is created once or not at all. Answers may come on any thread and
 * are looked at by {@link #attend} alone; for one thread otherwise.
 */
public final class BulkSender {
    /** How soon it is looked again whether there is a slot. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    private final Outlet outlet;
    private final Outcomes outcomes;
    private final BulkSize size;
    private final Deque<Document> waiting = new ArrayDeque<>();
    private final BlockingQueue<BulkResult> answers = new LinkedBlockingQueue<>();
    private long waitingBytes;
    private int underWay;
    private int failures;
    private String trouble;
    private long againAtNanos;
    private boolean comesToItsEnd;

    /**
     * The way to Elasticsearch, which partitions share.
     *
     * @param slots how many requests may be under way
     * @param transport sends a request and hands over what comes of it, once, on any thread; throws nothing
     * @param obstacle why nothing may be sent yet; gives null where all is ready
     * @param mostDocuments in a request
     * @param mostBytes of documents in a request of more than one
     * @param finishWithin how long requests under way are waited for at the end
     * @param nanoTime the clock
     */
    public record Outlet(
            RequestSlots slots,
            BiConsumer<DocumentBatch, Consumer<BulkResult>> transport,
            Supplier<String> obstacle,
            int mostDocuments,
            long mostBytes,
            Duration finishWithin,
            LongSupplier nanoTime) {}

    /** Is told what became of each document, once, on the thread of {@link #attend}. */
    public interface Outcomes {
        /** A request was sent. */
        default void sent(DocumentBatch bulk) {}

        /** It is in the index. */
        void indexed(Document document);

        /** It will never be. */
        void refused(Document document, RefusedDocumentException cause);

        /** Something failed and is tried again after a pause. */
        void failed(String cause, int failures, Duration pause);
    }

    public BulkSender(Outlet outlet, Outcomes outcomes) {
        this.outlet = outlet;
        this.outcomes = outcomes;
        this.size = new BulkSize(outlet.mostDocuments(), outlet.mostBytes());
    }

    /** Takes a document, to be sent with others. */
    public void add(Document document) {
        waiting.add(document);
        waitingBytes += document.bytes();
    }

    /** Whether a full request waits, or all wait after a failure. */
    public boolean isFull() {
        return failures > 0
                || size.isFull(waiting.size(), waitingBytes)
                || outlet.obstacle().get() != null;
    }

    /** Whether nothing waits or is under way. */
    public boolean isIdle() {
        return waiting.isEmpty() && underWay == 0;
    }

    /** Whether an answer or a slot may come any moment. */
    public boolean isBusy() {
        return underWay > 0
                || (!waiting.isEmpty() && !isPausing() && outlet.obstacle().get() == null);
    }

    /** What failed last and is tried again, or null. */
    public Trouble trouble() {
        if (failures > 0) {
            return new Trouble(trouble, failures);
        }
        String obstacle = outlet.obstacle().get();
        return obstacle == null ? null : new Trouble(obstacle, 1);
    }

    /** Looks at the answers that have come, and sends what can be sent. */
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
        return comesToItsEnd ? outlet.slots().takeFirst(this) : outlet.slots().take(this);
    }

    /**
     * As {@link #attend}, but first waits for an answer, or for a slot, as long as this at most. For the end: others of this
     * thread are not attended to meanwhile, so they are not waited for in line.
     */
    public void attendToTheEnd(Duration longest) throws InterruptedException {
        comesToItsEnd = true;
        attendWithin(underWay > 0 || longest.compareTo(LOOK_AGAIN) < 0 ? longest : LOOK_AGAIN);
    }

    /** Waits for an answer, as long as this; then as {@link #attend}. */
    public void attendWithin(Duration longest) throws InterruptedException {
        BulkResult answer = answers.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        if (answer != null) {
            take(answer);
        }
        attend();
    }

    /** Sends no more. */
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
        return underWay == 0 || (failures == 0 && size.isFull(waiting.size(), waitingBytes));
    }

    private boolean isPausing() {
        return failures > 0 && outlet.nanoTime().getAsLong() - againAtNanos < 0;
    }

    private DocumentBatch cut() {
        List<Document> documents = new ArrayList<>(Math.min(waiting.size(), size.documents()));
        long bytes = 0;
        while (!waiting.isEmpty()
                && documents.size() < size.documents()
                && (documents.isEmpty() || bytes + waiting.peek().bytes() <= size.bytes())) {
            Document next = waiting.remove();
            bytes += next.bytes();
            documents.add(next);
        }
        waitingBytes -= bytes;
        return new DocumentBatch(documents, bytes);
    }

    private void send(DocumentBatch bulk) {
        underWay++;
        outcomes.sent(bulk);
        outlet.transport().accept(bulk, answer -> {
            outlet.slots().give();
            answers.add(answer);
        });
    }

    // ---- judging

    private void take(BulkResult answer) {
        underWay--;
        if (answer.items() == null) {
            takeRefusal(answer);
        } else {
            takeItems(answer);
        }
    }

    private void takeRefusal(BulkResult answer) {
        DocumentBatch bulk = answer.bulk();
        BulkOutcome verdict = BulkOutcome.ofRequest(answer.status());
        if (verdict == BulkOutcome.TOO_LARGE && bulk.size() == 1) {
            Document alone = bulk.documents().get(0);
            outcomes.refused(
                    alone,
                    new RefusedDocumentException("a document of %d bytes is more than Elasticsearch takes: %s"
                            .formatted(alone.bytes(), answer.reason())));
            return;
        }
        putBack(bulk.documents());
        if (verdict == BulkOutcome.TOO_LARGE) {
            size.wasTooLarge(bulk);
        } else {
            pause(answer.reason(), verdict == BulkOutcome.AGAIN);
        }
    }

    private void takeItems(BulkResult answer) {
        List<Document> again = new ArrayList<>();
        Set<Integer> conflicts = Set.copyOf(answer.conflicts());
        String failure = null;
        boolean tooMuch = false;
        for (int i = 0; i < answer.items().size(); i++) {
            Document document = answer.bulk().documents().get(i);
            BulkResponseItem item = answer.items().get(i);
            if (conflicts.contains(i)) {
                String unknown = takeConflict(document, answer.stored().get(i));
                if (unknown != null) {
                    again.add(document);
                    failure = "index " + item.index() + ": " + unknown;
                }
                continue;
            }
            BulkOutcome verdict = verdict(item);
            switch (verdict) {
                case DONE -> outcomes.indexed(document);
                case REFUSED, TOO_LARGE -> outcomes.refused(document, refusal(item));
                case AGAIN, WAIT -> {
                    again.add(document);
                    failure = "index " + item.index() + ": " + BulkResult.reason(item);
                    tooMuch |= verdict == BulkOutcome.AGAIN;
                }
                default -> throw new IllegalStateException(verdict.name());
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
                    tooMuch);
        }
    }

    /**
     * Judges a document whose id is taken: by its own record, indexed before, or by another of the sender's.
     *
     * @return why that is not known; null where it is
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

    private static BulkOutcome verdict(BulkResponseItem item) {
        return item.error() == null
                ? BulkOutcome.ofItem(item.status(), null, null)
                : BulkOutcome.ofItem(
                        item.status(), item.error().type(), item.error().reason());
    }

    private static RefusedDocumentException refusal(BulkResponseItem item) {
        return new RefusedDocumentException(
                "index %s refused %s with %s".formatted(item.index(), item.id(), BulkResult.reason(item)));
    }

    private void putBack(List<Document> documents) {
        for (int i = documents.size() - 1; i >= 0; i--) {
            waiting.addFirst(documents.get(i));
            waitingBytes += documents.get(i).bytes();
        }
    }

    private void pause(String cause, boolean tooMuch) {
        if (tooMuch) {
            size.wasTooMuch();
        }
        failures++;
        trouble = cause;
        Duration pause = Backoff.after(failures);
        againAtNanos = outlet.nanoTime().getAsLong() + pause.toNanos();
        outcomes.failed(cause, failures, pause);
    }
}
