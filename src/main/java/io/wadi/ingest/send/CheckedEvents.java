package io.wadi.ingest.send;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.Problem;
import java.util.Iterator;
import java.util.List;

/** A source of events in memory that checks the length of each event and validates it for its topic when it is read. */
public final class CheckedEvents implements EventSource {
    private final Iterator<Event> events;
    private final IngestTopic topic;
    private final int maxEvent;

    /** Creates the source; {@code maxEvent} is the maximum size of an event in bytes. */
    CheckedEvents(List<Event> events, IngestTopic topic, int maxEvent) {
        this.events = events.iterator();
        this.topic = topic;
        this.maxEvent = maxEvent;
    }

    @Override
    public Event next() {
        return events.hasNext() ? validate(events.next(), topic, maxEvent) : null;
    }

    /** Checks the length of an event and validates it for its topic. Returns the event, or one with a problem. */
    public static Event validate(Event event, IngestTopic topic, int maxEvent) {
        if (event.value() != null && event.value().length > maxEvent) {
            return Event.rejected(new Problem("", "longer than %d bytes".formatted(maxEvent)));
        }
        return topic.validate(event);
    }

    @Override
    public boolean ended() {
        return !events.hasNext();
    }

    @Override
    public void onReadable(Runnable listener) {
        // All events are available.
    }
}
