package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @Test
    void check_runsInTheSamePass_andReportsPositionsWithinTheBody() {
        String bad = "{\"a\":1,\"b\":[{}]}";

        assertThat(Bodies.read(BodyFormat.JSON, "", Bodies.LIMITS, BodyEventsReadingTest::refuseB, List.of(bytes(bad))))
                .extracting(Event::problem)
                .containsExactly(new Problem("/b", "no b"));
        assertThat(Bodies.read(
                        BodyFormat.JSON,
                        "",
                        Bodies.LIMITS,
                        BodyEventsReadingTest::refuseB,
                        List.of(bytes("[{}," + bad + ",{}]"))))
                .extracting(Event::problem)
                .containsExactly(null, new Problem("/1/b", "no b"), null);
        assertThat(Bodies.read(
                        BodyFormat.LINES,
                        "",
                        Bodies.LIMITS,
                        BodyEventsReadingTest::refuseB,
                        List.of(bytes("{}\n" + bad + "\n{}\n" + bad + "x\n"))))
                .extracting(Event::problem)
                .containsExactly(
                        null,
                        new Problem("/b", "no b"),
                        null,
                        new Problem(
                                "",
                                "line 4, column 17: Unrecognized token 'x': was expecting (JSON String, Number, Array,"
                                        + " Object or token 'null', 'true' or 'false')"));
    }

    @Test
    void key_isTheOneFoundByTheCheck_inTheSameEvent() {
        List<Event> events = Bodies.read(
                BodyFormat.LINES,
                "",
                Bodies.LIMITS,
                BodyEventsReadingTest::refuseB,
                List.of(bytes("{\"a\":\"부산\"}\n{\"a\":1}\n")));

        assertThat(events.get(0).key()).asString(UTF_8).isEqualTo("부산");
        assertThat(events.get(1).key()).isNull();
    }

    private static Problem refuseB(JsonParser parser, Consumer<byte[]> key) throws IOException {
        Problem problem = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (parser.currentName().equals("b")) {
                problem = new Problem("/b", "no b");
            }
            parser.nextToken();
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                key.accept(bytes(parser.getText()));
            }
            parser.skipChildren();
        }
        return problem;
    }

    /** The body is several times what one parser reads, with names that fill its symbol table again and again. */
    @Test
    void manyDistinctNames_areRead() {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            body.append("{\"name of its own ").append(i).append("\":").append(i).append("}\n");
        }

        assertThat(Bodies.read(BodyFormat.LINES, bytes(body.toString())))
                .hasSize(100_000)
                .allMatch(event -> event.problem() == null);
    }

    @Test
    void check_failureWithinAnEvent_doesNotAffectTheNext() {
        JsonEvents events = new JsonEvents();
        byte[] event = bytes("{\"a\":{\"b\":1}}");
        assertThatIllegalStateException()
                .isThrownBy(() -> events.problem(
                        event,
                        0,
                        event.length,
                        (parser, found) -> {
                            parser.nextToken();
                            throw new IllegalStateException("a defect");
                        },
                        new ExtractedFields()));

        assertThatCode(() -> assertThat(events.problem(event, 0, event.length, EventCheck.NONE, new ExtractedFields()))
                        .isNull())
                .doesNotThrowAnyException();
    }

    /** Content with a possibly expensive rejection. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "17",
                "{\"a\":1",
                "{\"a\":\"x",
                "{\"a\":NaN}",
                "{\"a\":1}}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":\"\007\"}",
                "{\"a\":1}{}"
            })
    void rejectedEvent_needsNeitherAStackTraceNorANewParser(String refused) {
        JsonEvents events = new JsonEvents();
        List<JsonParser> parsers = new ArrayList<>();
        EventCheck check = (parser, found) -> {
            parsers.add(parser);
            return EventCheck.NONE.check(parser, found);
        };
        Throwable problem = null;
        for (String event : List.of("{}", refused, "{}")) {
            byte[] bytes = bytes(event);
            Throwable thrown =
                    catchThrowable(() -> events.problem(bytes, 0, bytes.length, check, new ExtractedFields()));
            problem = thrown == null ? problem : thrown;
        }

        assertThat(parsers).hasSizeBetween(2, 3).containsOnly(parsers.get(0));
        if (problem != null) {
            assertThat(problem).isInstanceOf(MalformedJsonException.class);
            assertThat(problem.getStackTrace()).isEmpty();
        }
    }

    /**
     * Jackson fails if too many names in a symbol table collide: names of one client must not cause the rejection of
     * another client's event.
     */
    @Test
    void parserFailureDueToEarlierNames_replacesTheParser_andRereadsTheEvent() throws IOException {
        JsonEvents events = new JsonEvents();
        byte[] event = bytes("{\"a\":1}");
        events.problem(event, 0, event.length, EventCheck.NONE, new ExtractedFields());
        List<JsonParser> parsers = new ArrayList<>();

        Problem problem = events.problem(
                event,
                0,
                event.length,
                (parser, found) -> {
                    parsers.add(parser);
                    if (parsers.size() == 1) {
                        throw new StreamConstraintsException("the table of names is full");
                    }
                    return EventCheck.NONE.check(parser, found);
                },
                new ExtractedFields());

        assertThat(problem).isNull();
        assertThat(parsers).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void parserFailureOfASingleEvent_rejectsTheEvent() {
        JsonEvents events = new JsonEvents();
        byte[] event = bytes("{\"a\":1}");

        assertThatExceptionOfType(MalformedJsonException.class)
                .isThrownBy(() -> events.problem(
                        event,
                        0,
                        event.length,
                        (parser, found) -> {
                            throw new StreamConstraintsException("too many");
                        },
                        new ExtractedFields()))
                .satisfies(e -> assertThat(e.getOriginalMessage()).isEqualTo("too many"));
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
