package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** How a body is fetched, and when reading it ends. */
final class BodyEventsReadingTest {
    private final LimitedLease lease = new LimitedLease(2 << 20);
    private int fetched;
    private int readable;

    @Test
    void next_fetchesTheBodyIncrementally_asEventsAreConsumed() {
        BodyEvents events = events(BodyFormat.LINES, Bodies.LIMITS);
        assertThat(fetched).isZero();

        assertThat(events.next()).isNull();
        assertThat(events.next()).isNull();
        assertThat(fetched).isOne();
        assertThat(readable).isZero();

        push(events, "{\"a\":1}\n{\"a\":2}\n{\"a");
        assertThat(readable).isOne();
        assertThat(events.next()).extracting(Event::value).asString().isNotNull();
        assertThat(events.next().value()).asString(UTF_8).isEqualTo("{\"a\":2}");
        assertThat(fetched).as("fetched before all was taken").isOne();

        assertThat(events.next()).isNull();
        assertThat(events.ended()).isFalse();
        push(events, "\":3}");
        assertThat(events.next()).as("a line that may go on").isNull();
        assertThat(fetched).isEqualTo(3);
        events.end();
        assertThat(readable).isEqualTo(3);
        assertThat(events.next().value()).asString(UTF_8).isEqualTo("{\"a\":3}");
        assertThat(events.ended()).isFalse();
        assertThat(events.next()).isNull();
        assertThat(events.ended()).isTrue();
        assertThat(events.next()).isNull();
        assertThat(fetched).isEqualTo(3);
    }

    @Test
    void arrayElement_isReturnedBeforeTheArrayEnds() {
        BodyEvents events = events(BodyFormat.JSON, Bodies.LIMITS);
        push(events, "[{\"a\":1},{\"a\":2}");

        assertThat(events.next().value()).asString(UTF_8).isEqualTo("{\"a\":1}");
        assertThat(events.next().value()).asString(UTF_8).isEqualTo("{\"a\":2}");
        assertThat(events.next()).isNull();
        push(events, ",{\"a\":tru},{}]");
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .withMessageStartingWith("the body is not JSON: line 1, column 23: Unrecognized token 'tru'");
        assertThat(events.ended()).isTrue();
        assertThat(events.next()).isNull();
    }

    @Test
    void problem_isReportedWithItsPositionInTheBody() {
        BodyEvents array = events(BodyFormat.JSON, Bodies.LIMITS);
        push(array, "[\n  {},\n  {\"a\":\n1} {}]");
        array.next();
        array.next();
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(array::next)
                .withMessage(
                        "the body is not JSON: line 4, column 4: expected a comma or the array's end after an element");

        BodyEvents element = events(BodyFormat.JSON, Bodies.LIMITS);
        push(element, "[\n  {\"a\":tru}]");
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(element::next)
                .withMessageStartingWith("the body is not JSON: line 2, column 8:");

        BodyEvents lines = events(BodyFormat.LINES, Bodies.LIMITS);
        push(lines, "{}\n\n  {\"a\":tru}\n");
        lines.next();
        assertThat(lines.next().problem().text()).startsWith("line 3, column 8:");
    }

    @Test
    void tooLongEvent_isRejected_andTheNextIsRead() {
        BodyLimits limits = new BodyLimits(1 << 20, 100, 10, 1000);
        BodyEvents lines = events(BodyFormat.LINES, limits);
        push(lines, "{\"a\":1234}\n{\"a\":12345}\n{}\n{\"a\":");
        assertThat(lines.next().problem()).isNull();
        assertThat(lines.next().problem()).isEqualTo(new Problem("", "line 2: longer than 10 bytes"));
        assertThat(lines.next().problem()).isNull();
        assertThat(lines.next()).isNull();
        push(lines, "1234567890");
        assertThat(lines.next()).isNull();
        push(lines, "}\n{}\n");
        assertThat(lines.next().problem()).isEqualTo(new Problem("", "line 4: longer than 10 bytes"));
        assertThat(lines.next().value()).asString(UTF_8).isEqualTo("{}");

        BodyEvents array = events(BodyFormat.JSON, limits);
        push(array, "[{\"a\":12345},{}]");
        assertThat(array.next().problem()).isEqualTo(new Problem("/0", "longer than 10 bytes"));
        assertThat(array.next().value()).asString(UTF_8).isEqualTo("{}");
    }

    @Test
    void tooLongObject_isRejectedBeforeItsEnd() {
        BodyEvents events = events(BodyFormat.JSON, new BodyLimits(1 << 20, 100, 10, 1000));
        push(events, "{\"a\":123456");

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .withMessage("the event is longer than 10 bytes")
                .satisfies(e -> assertThat(e.status()).isEqualTo(413));
    }

    @Test
    void tooManyEvents_endTheBody() {
        BodyEvents events = events(BodyFormat.LINES, new BodyLimits(1 << 20, 100, 10, 2));
        push(events, "{}\n{}\n{}\n");
        events.next();
        events.next();

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .withMessage("the body contains more than 2 events")
                .satisfies(e -> assertThat(e.status()).isEqualTo(413));
    }

    @Test
    void fail_endsTheBody_afterEventsAlreadyRead() {
        BodyEvents events = events(BodyFormat.LINES, Bodies.LIMITS);
        push(events, "{}\n{\"a\"");
        RequestException slow = RequestException.invalid("too slow");
        events.fail(slow);

        assertThat(events.next().value()).asString(UTF_8).isEqualTo("{}");
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .isSameAs(slow);
        assertThat(events.ended()).isTrue();
    }

    @Test
    void memoryOfAnIncompleteEvent_isChargedAsItGrows_andReleasedOnceRead() {
        BodyEvents events = events(BodyFormat.LINES, Bodies.LIMITS);
        push(events, "{\"a\":\"" + "x".repeat(100_000));
        assertThat(events.next()).isNull();
        assertThat(lease.held()).isBetween(100_000L, 300_000L);

        push(events, "y".repeat(800_000));
        assertThat(events.next()).isNull();
        assertThat(lease.held()).isBetween(900_000L, 1L << 20);

        push(events, "\"}\n");
        assertThat(events.next().value()).hasSize(900_008);
        assertThat(lease.held()).isZero();
    }

    @Test
    void eventBeyondTheMemoryLimit_endsTheBodyWith503_andHoldsNoMemory() {
        lease.grow((2 << 20) - 500_000);
        BodyEvents events = events(BodyFormat.JSON, Bodies.LIMITS);
        push(events, "{\"a\":\"" + "x".repeat(600_000));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .satisfies(e -> assertThat(e.status()).isEqualTo(503));
        assertThat(events.ended()).isTrue();
        assertThat(lease.held()).isEqualTo((2 << 20) - 500_000);
    }

    @Test
    void decoder_isChargedFromTheStart_withTheWindowOfEachFrame() throws IOException {
        for (String coding : List.of("gzip", "zstd")) {
            BodyEvents events = new BodyEvents(
                    BodyFormat.LINES, coding, Bodies.LIMITS, new JsonEvents(), EventCheck.NONE, lease, () -> fetched++);
            assertThat(lease.held()).as(coding).isBetween(100_000L, 200_000L);
            events.close();
            events.close();
            assertThat(lease.held()).as(coding).isZero();
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        try (OutputStream out = new ZstdOutputStreamNoFinalizer(encoded).setLong(20)) {
            out.write(new byte[3 << 20]);
        }
        BodyEvents events = new BodyEvents(
                BodyFormat.LINES, "zstd", Bodies.LIMITS, new JsonEvents(), EventCheck.NONE, lease, () -> fetched++);
        events.push(ByteBuffer.wrap(encoded.toByteArray(), 0, 12));
        assertThat(events.next()).isNull();
        assertThat(lease.held()).as("the window of 1 MiB").isBetween(1L << 20, 2L << 20);
        events.close();

        LimitedLease small = new LimitedLease(1 << 20);
        BodyEvents refused = new BodyEvents(
                BodyFormat.LINES, "zstd", Bodies.LIMITS, new JsonEvents(), EventCheck.NONE, small, () -> fetched++);
        refused.push(ByteBuffer.wrap(encoded.toByteArray(), 0, 12));
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(refused::next)
                .satisfies(e -> assertThat(e.status()).isEqualTo(503));
        assertThat(small.held()).isZero();
    }

    @Test
    void longInputWithoutEvents_isReadInParts() throws IOException {
        ByteArrayOutputStream blanks = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(blanks)) {
            byte[] piece = new byte[1 << 16];
            Arrays.fill(piece, (byte) '\n');
            for (int i = 0; i < 10; i++) {
                out.write(piece);
            }
        }
        BodyEvents events = new BodyEvents(
                BodyFormat.LINES, "gzip", Bodies.LIMITS, new JsonEvents(), EventCheck.NONE, lease, () -> fetched++);
        events.push(ByteBuffer.wrap(blanks.toByteArray()));

        int parts = 0;
        while (events.next() == null && events.hasMore() && parts <= 4) {
            parts++;
        }
        assertThat(parts).isBetween(2, 4);
        assertThat(events.isWaiting()).isTrue();
    }

    @Test
    void close_endsTheSource_andIgnoresLaterBytes() {
        BodyEvents events = new BodyEvents(
                BodyFormat.LINES, "gzip", Bodies.LIMITS, new JsonEvents(), EventCheck.NONE, lease, () -> fetched++);
        assertThat(events.next()).isNull();
        events.close();
        push(events, "{}\n");
        events.end();

        assertThat(events.next()).isNull();
        assertThat(events.ended()).isTrue();
    }

    private BodyEvents events(BodyFormat format, BodyLimits limits) {
        BodyEvents events =
                new BodyEvents(format, "", limits, new JsonEvents(), EventCheck.NONE, lease, () -> fetched++);
        events.onReadable(() -> readable++);
        return events;
    }

    private static void push(BodyEvents events, String piece) {
        events.push(ByteBuffer.wrap(bytes(piece)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
