package io.wadi.ingest;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import java.util.Iterator;
import java.util.List;

/** Events that are all there, each checked by its topic when it is taken. */
final class EventList implements EventSource {
    private final Iterator<Event> events;
    private final IntakeTopic topic;

    EventList(List<Event> events, IntakeTopic topic) {
        this.events = events.iterator();
        this.topic = topic;
    }

    @Override
    public Event next() {
        return events.hasNext() ? topic.checked(events.next()) : null;
    }

    @Override
    public boolean ended() {
        return !events.hasNext();
    }

    @Override
    public void onReadable(Runnable listener) {
        // There is nothing to wait for.
    }
}
