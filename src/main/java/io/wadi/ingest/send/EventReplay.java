package io.wadi.ingest.send;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;
import io.wadi.kafka.deadletter.Letter;
import io.wadi.kafka.deadletter.LetterBox;
import io.wadi.runtime.watch.WatchedValue;
import java.util.List;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Takes events from the dead letters as if they came over HTTP now: by the schemas, the key and the partitioner that their topic
 * declares. What is meant for a topic that takes no events over HTTP goes as it is. For one thread.
 */
public final class EventReplay implements LetterBox.Readmission {
    private final IngestTopics topics;
    private boolean hasLooked;

    /** Takes what is asked of events. */
    public EventReplay(IngestTopics topics) {
        this.topics = topics;
    }

    /**
     * See the class.
     *
     * @throws InvalidRecordException where its topic does not take it, or its schema in the registry cannot be known now
     */
    @Override
    public ProducerRecord<Object, Object> record(Letter letter, Producer<Object, Object> producer) {
        IngestTopic topic = topics.find(letter.topic()).orElse(null);
        if (topic == null || letter.letter().value() == null) {
            return letter.replayed();
        }
        Event event = judged(letter, topic);
        if (event.problem() != null) {
            throw new InvalidRecordException(event.problem().toString());
        }
        return RecordFactory.record(topic.topic(), event, letter.replayedHeaders(), producer);
    }

    private Event judged(Letter letter, IngestTopic topic) {
        if (!topic.ready().isDone()) {
            lookOnce();
        }
        try {
            return topic.judged(new Event(
                    letter.letter().key(), letter.letter().value(), List.of(), letter.partition(), null, null));
        } catch (BodyException e) {
            throw new InvalidRecordException(e.getMessage(), e);
        }
    }

    /** A registry that is away is not asked for each letter. */
    private void lookOnce() {
        if (hasLooked) {
            return;
        }
        hasLooked = true;
        try {
            for (WatchedValue<?> each : topics.registered()) {
                each.check();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}
