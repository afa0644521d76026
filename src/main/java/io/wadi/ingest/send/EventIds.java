package io.wadi.ingest.send;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.ingest.event.Event;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.topics.Topic;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.header.Header;

/**
 * Determines the ids of one client's events for a deduplicated topic: the string or whole number at the declared JSON
 * pointer in the event; if the event has none, the id from the request.
 */
record EventIds(Topic topic, SenderIds ids) {
    private static final ThreadLocal<IdReader> READER = ThreadLocal.withInitial(IdReader::new);

    /**
     * Returns the event with its id as header {@link ReservedHeaders#SENDER_ID}; unchanged if it has no id and the
     * topic passes such events.
     *
     * @throws InvalidRecordException if the event has an invalid id, or no id although the topic requires one
     */
    Event identify(Event event) {
        Event identified = withDeclaredId(event);
        if (!hasId(identified) && !topic.deduplication().passesWithoutId()) {
            throw new InvalidRecordException("the event has no id; send %sthe header Idempotency-Key, or a CloudEvent"
                    .formatted(
                            topic.deduplication().id() == null
                                    ? ""
                                    : topic.deduplication().id() + " in the event, "));
        }
        return identified;
    }

    private static boolean hasId(Event event) {
        return event.headers().stream().anyMatch(EventIds::isId);
    }

    private static boolean isId(Header header) {
        return header.key().equals(ReservedHeaders.SENDER_ID);
    }

    /** Returns an invalid event with its id as a header; unchanged if it has no valid id. */
    Event identifyInvalid(Event event) {
        try {
            return withDeclaredId(event);
        } catch (InvalidRecordException e) {
            return event;
        }
    }

    private Event withDeclaredId(Event event) {
        JsonPointer pointer = topic.deduplication().id();
        String id =
                pointer == null || event.value() == null ? null : READER.get().read(event.value(), pointer);
        if (id == null) {
            return event;
        }
        List<Header> headers = new ArrayList<>(event.headers());
        headers.removeIf(EventIds::isId);
        headers.add(ids.header(id));
        return new Event(event.key(), event.value(), headers, event.partition(), event.timestamp(), event.problem());
    }
}
