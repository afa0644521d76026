package io.wadi.runtime.telemetry;

import io.opentelemetry.api.trace.Span;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The spans of one partition's records, from when they are handed over until they are done. A limited number at a time: records
 * beyond it have none. For one thread.
 */
public final class RecordSpans {
    private static final int MOST = 1000;

    private final Traces traces;
    private final String route;
    private final Deque<Open> open = new ArrayDeque<>();
    private long begunBefore;

    private record Open(long offset, Span span) {}

    /** Takes who begins them, and the route that the records go. */
    public RecordSpans(Traces traces, String route) {
        this.traces = traces;
        this.route = route;
    }

    /** Records were handed over; those that are handed over again are in their spans still. */
    public void read(List<? extends ConsumerRecord<?, ?>> records) {
        if (!traces.isOn()) {
            return;
        }
        for (ConsumerRecord<?, ?> each : records) {
            if (each.offset() >= begunBefore && open.size() < MOST) {
                traces.record(route, each).ifPresent(span -> open.add(new Open(each.offset(), span)));
            }
        }
        begunBefore = Math.max(begunBefore, records.get(records.size() - 1).offset() + 1);
    }

    /** All before this offset is done. */
    public void doneBefore(long offset) {
        while (!open.isEmpty() && open.peek().offset() < offset) {
            open.remove().span().end();
        }
    }

    /** Something has failed and is tried again. */
    public void failed() {
        open.forEach(each -> each.span().addEvent("tried again"));
    }

    /** The partition is handed back; what is not done is done elsewhere. */
    public void close() {
        open.forEach(each -> {
            each.span().addEvent("left to the next owner");
            each.span().end();
        });
        open.clear();
    }
}
