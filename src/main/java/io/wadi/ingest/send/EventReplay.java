package io.wadi.ingest.send;

import io.wadi.ingest.deduplication.InboxRecords;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.watch.WatchedValue;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Replays the dead letters of ingest topics as if their events arrived over HTTP now: with the schemas, the key and the
 * partitioner that the topic declares. Dead letters of other topics are replayed unchanged. Not thread-safe.
 */
public final class EventReplay implements DeadLetterTopic.EventConverter {
    private final IngestTopics topics;
    private boolean isRegistryChecked;

    /** Creates the replay; {@code topics} validate the events. */
    public EventReplay(IngestTopics topics) {
        this.topics = topics;
    }

    /**
     * Returns the record to send for a dead letter.
     *
     * @throws InvalidRecordException if the event is still invalid for its topic, or its schema in the registry is
     *     unavailable
     */
    @Override
    public ProducerRecord<Object, Object> record(DeadLetter deadLetter, Producer<Object, Object> producer) {
        IngestTopic topic = topics.find(deadLetter.topic()).orElse(null);
        if (topic == null || deadLetter.record().value() == null) {
            return deadLetter.replayed();
        }
        Event event = validateValue(deadLetter, topic);
        if (event.problem() != null) {
            throw new InvalidRecordException(event.problem().toString());
        }
        ProducerRecord<Object, Object> replayed =
                RecordFactory.record(topic.topic(), event, deadLetter.replayedHeaders(), producer);
        // A dead letter that was a record is in the topic already; replaying it adds it again.
        return topic.topic().deduplication() == null || deadLetter.wasRecord()
                ? replayed
                : throughInbox(topic.topic(), replayed);
    }

    private static ProducerRecord<Object, Object> throughInbox(Topic topic, ProducerRecord<Object, Object> replayed) {
        if (InboxRecords.id(replayed) != null) {
            return InboxRecords.of(topic, replayed);
        }
        if (topic.deduplication().passesWithoutId()) {
            return replayed;
        }
        throw new InvalidRecordException("the event has no id, which its topic requires");
    }

    private Event validateValue(DeadLetter deadLetter, IngestTopic topic) {
        if (!topic.ready().isDone()) {
            checkRegistryOnce();
        }
        try {
            return topic.validateValue(new Event(
                    deadLetter.record().key(),
                    deadLetter.record().value(),
                    List.of(),
                    deadLetter.partition(),
                    null,
                    null));
        } catch (RequestException e) {
            throw new InvalidRecordException(e.getMessage(), e);
        }
    }

    /** Checks the registry with the first dead letter only: an unavailable one would delay each. */
    private void checkRegistryOnce() {
        if (isRegistryChecked) {
            return;
        }
        isRegistryChecked = true;
        try {
            for (WatchedValue<?> each : topics.registered()) {
                each.check();
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
