package io.wadi.ingest.cloudevents;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import java.util.function.UnaryOperator;

/**
 * The CloudEvents of a JSON array, each of which is parsed on demand: an array of 8 MiB can have four million elements.
 */
final class CloudEventBatch implements EventSource {
    private final EventSource elements;
    private final UnaryOperator<Event> check;
    private long index;

    CloudEventBatch(EventSource elements, UnaryOperator<Event> check) {
        this.elements = elements;
        this.check = check;
    }

    @Override
    public Event next() {
        Event element = elements.next();
        if (element == null) {
            return null;
        }
        String pointer = "/" + index;
        index++;
        return element.problem() == null
                ? check.apply(CloudEvents.structured(element.value(), pointer))
                : Event.rejected(element.problem());
    }

    @Override
    public boolean ended() {
        return elements.ended();
    }

    @Override
    public boolean hasMore() {
        return elements.hasMore();
    }

    @Override
    public void onReadable(Runnable listener) {
        elements.onReadable(listener);
    }
}
