package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceParentTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void wellFormedHeader_roundTrips() {
        String header = "00-" + TRACE + "-" + SPAN + "-01";

        SpanContext context = TraceParent.parse(header).orElseThrow();

        assertThat(context.getTraceId()).isEqualTo(TRACE);
        assertThat(context.getSpanId()).isEqualTo(SPAN);
        assertThat(context.isSampled()).isTrue();
        assertThat(context.isRemote()).isTrue();
        assertThat(TraceParent.of(context)).isEqualTo(header);
    }

    @Test
    void unknownFlags_areDropped() {
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-fe").map(TraceParent::of))
                .hasValue("00-" + TRACE + "-" + SPAN + "-00");
    }

    @Test
    void nonStandardFlags_areNotWritten() {
        SpanContext context = SpanContext.create(TRACE, SPAN, TraceFlags.fromByte((byte) 3), TraceState.getDefault());

        assertThat(TraceParent.of(context)).isEqualTo("00-" + TRACE + "-" + SPAN + "-01");
    }

    @Test
    void laterVersion_isReadIgnoringUnknownParts() {
        assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-what the future brings")
                        .map(TraceParent::of))
                .hasValue("00-" + TRACE + "-" + SPAN + "-01");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-" + TRACE + "-" + SPAN + "-01\n",
                "cc-" + TRACE + "-" + SPAN + "-01.more",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-1",
                "00_" + TRACE + "_" + SPAN + "_01"
            })
    void malformedHeader_isIgnored(String header) {
        assertThat(TraceParent.parse(header)).isEmpty();
    }

    @Test
    void missingAndTooLongHeaders_areIgnored() {
        assertThat(TraceParent.parse(null)).isEmpty();
        assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-" + "x".repeat(500)))
                .isEmpty();
    }
}
