package io.wadi.runtime.telemetry;

import io.opentelemetry.api.trace.Span;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The spans of one partition's records in flight. Beyond a limit, which is that of the partition or of the process,
 * further records have no span. Not thread-safe.
 */
public final class RecordSpans {
    private static final int MAX_OPEN = 1000;

    private final Traces traces;
    private final String route;
    private final Deque<Open> open = new ArrayDeque<>();
    private long nextOffset;

    private record Open(long offset, Span span) {}

    public RecordSpans(Traces traces, String route) {
        this.traces = traces;
        this.route = route;
    }

    /** Starts spans of delivered records; redelivered records keep their spans. */
    public void read(List<? extends ConsumerRecord<?, ?>> records) {
        if (!traces.isOn()) {
            return;
        }
        for (ConsumerRecord<?, ?> each : records) {
            if (each.offset() >= nextOffset && open.size() < MAX_OPEN) {
                traces.record(route, each).ifPresent(span -> open.add(new Open(each.offset(), span)));
            }
        }
        nextOffset = Math.max(nextOffset, records.get(records.size() - 1).offset() + 1);
    }

    /** Ends the spans of all records before this offset. */
    public void doneBefore(long offset) {
        while (!open.isEmpty() && open.peek().offset() < offset) {
            traces.end(open.remove().span());
        }
    }

    /** Adds a retry event to all open spans. */
    public void failed() {
        open.forEach(each -> each.span().addEvent("retried"));
    }

    /** Ends all spans when the partition is revoked. */
    public void close() {
        open.forEach(each -> {
            each.span().addEvent("left to the next owner");
            traces.end(each.span());
        });
        open.clear();
    }
}
