package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.Test;

final class RecordSpansTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final EndedSpans exporter = new EndedSpans();
    private final List<SpanData> ended = exporter.all();
    private final Traces traces = exporter.traces();
    private final RecordSpans spans = new RecordSpans(traces, "landing");

    private static ConsumerRecord<Object, Object> record(long offset, String flags) {
        ConsumerRecord<Object, Object> record = new ConsumerRecord<>("t", 1, offset, null, null);
        record.headers().add(TraceParent.NAME, ("00-" + TRACE + "-00f067aa0ba902b7-" + flags).getBytes(UTF_8));
        return record;
    }

    @Test
    void recordSpan_lastsFromReadToCompletion() {
        spans.read(List.of(
                record(5, "01"), record(6, "00"), new ConsumerRecord<>("t", 1, 7, null, null), record(8, "01")));
        spans.doneBefore(5);
        assertThat(ended).isEmpty();

        spans.doneBefore(8);
        assertThat(ended).singleElement().satisfies(span -> {
            assertThat(span.getName()).isEqualTo("landing t");
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
            assertThat(span.getAttributes().asMap().toString()).contains("messaging.kafka.offset=5");
        });
    }

    @Test
    void redeliveredRecord_staysInTheSameSpan_withAnEvent() {
        spans.read(List.of(record(5, "01")));
        spans.failed();
        spans.read(List.of(record(5, "01"), record(6, "01")));
        spans.doneBefore(7);

        assertThat(ended).hasSize(2);
        assertThat(ended.get(0).getEvents())
                .extracting(event -> event.getName())
                .containsExactly("retried");
        assertThat(ended.get(1).getEvents()).isEmpty();
    }

    @Test
    void revokedPartition_endsOpenSpans() {
        spans.read(List.of(record(5, "01")));
        spans.close();

        assertThat(ended)
                .singleElement()
                .satisfies(span -> assertThat(span.getEvents())
                        .extracting(event -> event.getName())
                        .containsExactly("left to the next owner"));
    }

    @Test
    void spans_areLimited() {
        spans.read(LongStream.range(0, 5000)
                .mapToObj(offset -> record(offset, "01"))
                .toList());
        spans.doneBefore(5000);

        assertThat(ended).hasSize(1000);
    }

    @Test
    void spansOfAllPartitions_areLimited_untilTheyEnd() {
        List<ConsumerRecord<Object, Object>> records = LongStream.range(0, 1000)
                .mapToObj(offset -> record(offset, "01"))
                .toList();
        List<RecordSpans> partitions = Stream.generate(() -> new RecordSpans(traces, "landing"))
                .limit(12)
                .toList();
        partitions.forEach(each -> each.read(records));
        partitions.get(0).doneBefore(1000);
        spans.read(records);
        partitions.forEach(RecordSpans::close);
        spans.close();

        assertThat(ended).hasSize(11_000);
    }

    /** Reading the headers of each record would cost time. */
    @Test
    void disabledTraces_readNoHeaders() {
        RecordSpans none = new RecordSpans(Traces.off(), "landing");
        ConsumerRecord<Object, Object> unread = new ConsumerRecord<>("t", 1, 5, null, null) {
            @Override
            public Headers headers() {
                throw new AssertionError("the headers are read");
            }
        };

        none.read(List.of(unread));
        none.doneBefore(6);
    }
}
