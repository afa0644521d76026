package io.wadi.ingest.deduplication;

import io.wadi.kafka.topics.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * An event that waits for its answer. Its callback is called once. All other state changes only in computations of the
 * map of {@link InboxSender}, which links the pending events of an id.
 */
final class PendingEvent extends AtomicReference<Callback> {
    final transient Digest event;
    final long sentNanos;
    /** Whether Kafka has acknowledged the event's inbox record, or the event was committed without one. */
    boolean isAcknowledged;
    /** The timestamp of the inbox record, in milliseconds since 1970, once it is acknowledged. */
    long appendedMs;
    /** The answers that arrived before the acknowledgement. */
    transient List<Stored> early = List.of();
    /** The pending event with the same id before this one; null for the first. */
    transient PendingEvent previous;
    /** Whether the event is sent to the inbox or to its queue of direct events. */
    boolean isSent;
    /** The number of sent events among this one and those before it. */
    int sentCount;

    /**
     * An answer with the location of the first event with an id.
     *
     * @param endMs the end of the window of that event, in milliseconds since 1970
     */
    record Stored(Topic topic, First first, long endMs) {}

    PendingEvent(Callback callback, Digest event, long sentNanos) {
        super(callback);
        this.event = event;
        this.sentNanos = sentNanos;
    }

    void addEarly(Stored answer) {
        if (!early.contains(answer)) {
            early = new ArrayList<>(early);
            early.add(answer);
        }
    }

    void follow(PendingEvent before) {
        previous = before;
        sentCount = (before == null ? 0 : before.sentCount) + (isSent ? 1 : 0);
    }

    /** Returns whether the callback was called, for example because no answer arrived in time. */
    boolean isCompleted() {
        return get() == null;
    }

    void complete(RecordMetadata metadata, Exception failure) {
        Callback callback = getAndSet(null);
        if (callback != null) {
            callback.onCompletion(metadata, failure);
        }
    }
}
