package io.wadi.ingest.deduplication;

import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The events that wait for their answers, by id. An answer states where the topic has the first event with an id. It
 * therefore completes every pending event with that id that was added before the answer arrived, even if it was written
 * for an event of another process. The exception is an event that was appended to the inbox after the window of that
 * first event. The time of the append is known once Kafka has acknowledged the event; answers that arrive earlier are
 * applied then. Thread-safe.
 */
final class PendingEvents {
    /**
     * Maximum number of events of one id that are sent to the inbox and wait for their answers. Further ones are not
     * sent; they complete with the answer for the first event with the id.
     */
    static final int MAX_OF_AN_ID = 100;

    private static final Duration EXPIRE_EVERY = Duration.ofSeconds(1);

    private final Duration within;
    private final LongSupplier nanoTime;
    /**
     * The newest pending event of each id, linked to earlier ones. The links change only in computations of the map.
     */
    private final Map<Digest, PendingEvent> pending = new ConcurrentHashMap<>();

    /** The number of pending events that were sent to the inbox. */
    private final AtomicLong inInbox = new AtomicLong();

    private volatile long expiredNanos;

    /** An event that waits for its answer. Its callback is called once. */
    static final class PendingEvent extends AtomicReference<Callback> {
        private final transient Digest id;
        private final transient Digest content;
        private final long sentNanos;

        // ---- the rest changes only in computations of the map

        /** Whether Kafka has acknowledged the event's inbox record, or the event was committed without one. */
        private boolean isAcknowledged;
        /** The timestamp of the inbox record, in milliseconds since 1970, once it is acknowledged. */
        private long appendedMs;
        /** The answers that arrived before the acknowledgement. */
        private transient List<Stored> early = List.of();
        /** The pending event with the same id before this one; null for the first. */
        private transient PendingEvent previous;
        /** Whether the event is sent to the inbox or to its queue of direct events. */
        private boolean isSent;
        /** Whether the event was sent to the inbox. */
        private boolean isInInbox;
        /** The number of sent events among this one and those before it. */
        private int sentCount;

        private PendingEvent(Digest id, Digest content, long sentNanos, Callback callback) {
            super(callback);
            this.id = id;
            this.content = content;
            this.sentNanos = sentNanos;
        }

        Digest id() {
            return id;
        }

        Digest content() {
            return content;
        }

        private void addEarly(Stored answer) {
            if (!early.contains(answer)) {
                early = new ArrayList<>(early);
                early.add(answer);
            }
        }

        private void follow(PendingEvent before) {
            previous = before;
            sentCount = (before == null ? 0 : before.sentCount) + (isSent ? 1 : 0);
        }

        private void complete(RecordMetadata metadata, Exception failure) {
            Callback callback = getAndSet(null);
            if (callback != null) {
                callback.onCompletion(metadata, failure);
            }
        }

        private void complete(Stored answer) {
            RecordMetadata first = AnswerReader.location(answer.topic(), answer.first());
            boolean isSame = content.equals(answer.first().event());
            complete(isSame ? first : null, isSame ? null : new IdConflictException(first));
        }
    }

    /**
     * An answer with the location of the first event with an id.
     *
     * @param endMs the end of the window of that event, in milliseconds since 1970
     */
    private record Stored(Topic topic, First first, long endMs) {}

    /** The limit of ids is reached: the client may send the event again later. */
    private static final class FullException extends RetriableException {
        FullException(String topic, String reason) {
            super("topic %s: the event is not stored, %s (%s); send it again later"
                    .formatted(topic, reason, DeduplicationSettings.MAX_IDS.name()));
        }
    }

    /** The event was not sent, and no event with its id was stored: the client may send it again later. */
    private static final class NotSentException extends RetriableException {
        NotSentException() {
            super(("the event is not stored: %d events with its id were sent before it, and none of them is stored;"
                            + " send it again later")
                    .formatted(MAX_OF_AN_ID));
        }
    }

    /**
     * Creates an instance without events.
     *
     * @param within the time after which an event without an answer fails
     */
    PendingEvents(Duration within, LongSupplier nanoTime) {
        this.within = within;
        this.nanoTime = nanoTime;
        this.expiredNanos = nanoTime.getAsLong();
    }

    /** Returns the number of ids with pending events. */
    int ids() {
        return pending.size();
    }

    /** Returns whether an event that was sent to the inbox waits for its answer. */
    boolean isAnyInInbox() {
        return inInbox.get() > 0;
    }

    /** Adds an event. Returns null if it must not be sent, since {@link #MAX_OF_AN_ID} is reached. */
    PendingEvent add(Digest id, Digest content, Callback callback) {
        PendingEvent added = new PendingEvent(id, content, nanoTime.getAsLong(), callback);
        pending.compute(id, (same, before) -> {
            added.isSent = before == null || before.sentCount < MAX_OF_AN_ID;
            added.follow(before);
            return added;
        });
        return added.isSent ? added : null;
    }

    /** Records that an event is now sent to the inbox. Returns false if it does not wait for an answer any more. */
    boolean toInbox(PendingEvent event) {
        pending.computeIfPresent(event.id, (same, newest) -> {
            PendingEvent each = newest;
            while (each != null && each != event) {
                each = each.previous;
            }
            if (each != null) {
                each.isInInbox = true;
                inInbox.incrementAndGet();
            }
            return newest;
        });
        return event.isInInbox;
    }

    /** Applies the committed answer for a direct event. */
    void answeredDirectly(Topic topic, PendingEvent event, long timeMs, Answer answer) {
        if (answer.kind() == Answer.Kind.STORED && remove(event)) {
            event.complete(new Stored(topic, answer.first(), Long.MAX_VALUE));
            return;
        }
        acknowledged(event, timeMs);
        answered(topic, topic.deduplication().within().toMillis(), answer);
    }

    /** Removes an event if it is the only pending one with its id. Returns whether it was. */
    private boolean remove(PendingEvent only) {
        boolean[] isOnly = {false};
        pending.computeIfPresent(only.id, (same, newest) -> {
            isOnly[0] = newest == only && only.previous == null;
            return isOnly[0] ? null : newest;
        });
        return isOnly[0];
    }

    /** Applies the answers that arrived before the event's inbox record was acknowledged, with this timestamp. */
    void acknowledged(PendingEvent event, long appendedMs) {
        List<Stored> early = new ArrayList<>();
        pending.computeIfPresent(event.id, (same, newest) -> {
            event.isAcknowledged = true;
            event.appendedMs = appendedMs;
            early.addAll(event.early);
            return newest;
        });
        early.forEach(answer -> apply(event.id, answer));
    }

    /** Fails an event. */
    void fail(PendingEvent event, Exception failure) {
        complete(event.id, each -> each == event, each -> each.complete(null, failure), this::noAnswer);
    }

    /**
     * Removes the selected events of an id and completes them in the order of sending. If none of the remaining ones
     * was sent, no answer can arrive for them: removes and fails them, too.
     */
    private void complete(
            Digest id,
            Predicate<PendingEvent> which,
            Consumer<PendingEvent> completion,
            Supplier<Exception> failureOfUnsent) {
        List<PendingEvent> taken = new ArrayList<>();
        List<PendingEvent> unsent = new ArrayList<>();
        pending.computeIfPresent(id, (same, newest) -> {
            List<PendingEvent> all = new ArrayList<>();
            for (PendingEvent each = newest; each != null; each = each.previous) {
                all.add(each);
            }
            PendingEvent left = null;
            for (int i = all.size() - 1; i >= 0; i--) {
                PendingEvent each = all.get(i);
                if (which.test(each)) {
                    taken.add(each);
                    inInbox.addAndGet(each.isInInbox ? -1 : 0);
                } else {
                    each.follow(left);
                    left = each;
                }
            }
            if (left == null || left.sentCount > 0) {
                return left;
            }
            for (PendingEvent each = left; each != null; each = each.previous) {
                unsent.add(each);
            }
            Collections.reverse(unsent);
            return null;
        });
        taken.forEach(completion);
        unsent.forEach(each -> each.complete(null, failureOfUnsent.get()));
    }

    /**
     * Completes the pending events to which a committed answer applies.
     *
     * @param withinMs the window of the flow that wrote the answer, in milliseconds
     */
    void answered(Topic topic, long withinMs, Answer answer) {
        Digest id = answer.id();
        if (!pending.containsKey(id)) {
            return;
        }
        if (answer.kind() == Answer.Kind.STORED) {
            apply(id, new Stored(topic, answer.first(), answer.first().timeMs() + withinMs));
        } else {
            // An event with the same id and different content may be stored.
            complete(
                    id,
                    each -> each.content.equals(answer.event()),
                    each -> each.complete(null, refusal(topic, answer)),
                    NotSentException::new);
        }
    }

    private void apply(Digest id, Stored answer) {
        complete(id, before(answer), each -> each.complete(answer), this::noAnswer);
    }

    /**
     * Selects the events to which an answer applies. Events that were appended after the window get a later answer, and
     * so do the unsent events that follow them. For events that are not acknowledged yet, the answer is kept.
     */
    private static Predicate<PendingEvent> before(Stored answer) {
        AtomicBoolean isAfter = new AtomicBoolean();
        return each -> {
            if (!each.isSent) {
                return !isAfter.get();
            }
            if (!each.isAcknowledged) {
                each.addEarly(answer);
            }
            boolean applies = each.isAcknowledged && each.appendedMs < answer.endMs();
            isAfter.compareAndSet(false, !applies);
            return applies;
        };
    }

    private static Exception refusal(Topic topic, Answer answer) {
        return answer.kind() == Answer.Kind.FULL
                ? new FullException(topic.name(), answer.reason())
                : new InvalidRecordException(answer.reason());
    }

    /** Fails the events for which no answer arrived in time; checks at most once a second. */
    void expire() {
        long now = nanoTime.getAsLong();
        if (now - expiredNanos < EXPIRE_EVERY.toNanos()) {
            return;
        }
        expiredNanos = now;
        for (Digest id : pending.keySet()) {
            complete(
                    id,
                    each -> now - each.sentNanos > within.toNanos(),
                    late -> late.complete(null, noAnswer()),
                    this::noAnswer);
        }
    }

    private Exception noAnswer() {
        return new TimeoutException(
                "no answer of deduplication within %s; the same event may be sent again".formatted(Units.text(within)));
    }
}
