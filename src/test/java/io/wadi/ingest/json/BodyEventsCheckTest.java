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
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.MalformedJsonException;
import io.wadi.ingest.event.Problem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events are checked by the parser that reads them; no event affects the check of the next. */
class BodyEventsCheckTest {
    @Test
    void check_runsInTheSamePass_andReportsPositionsWithinTheBody() {
        String bad = "{\"a\":1,\"b\":[{}]}";

        assertThat(Bodies.read(BodyFormat.JSON, "", Bodies.LIMITS, BodyEventsCheckTest::refuseB, List.of(bytes(bad))))
                .extracting(Event::problem)
                .containsExactly(new Problem("/b", "no b"));
        assertThat(Bodies.read(
                        BodyFormat.JSON,
                        "",
                        Bodies.LIMITS,
                        BodyEventsCheckTest::refuseB,
                        List.of(bytes("[{}," + bad + ",{}]"))))
                .extracting(Event::problem)
                .containsExactly(null, new Problem("/1/b", "no b"), null);
        assertThat(Bodies.read(
                        BodyFormat.LINES,
                        "",
                        Bodies.LIMITS,
                        BodyEventsCheckTest::refuseB,
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
                BodyEventsCheckTest::refuseB,
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

    /** Names are kept to find duplicates: an event of the maximum size would occupy a gigabyte. */
    @Test
    void eventWithTooManyNames_isRejectedAlone() {
        String most = names(100_000);
        String events = "{%1$s}\n{%1$s,\"x\":0}\n[{%1$s},{%1$s}]\n{}".formatted(most);
        BodyLimits limits = new BodyLimits(1 << 30, 100, 4 << 20, 100);

        assertThat(Bodies.read(BodyFormat.LINES, "", limits, EventCheck.NONE, List.of(bytes(events))))
                .extracting(Event::problem)
                .containsExactly(
                        null,
                        new Problem(
                                "",
                                "line 2, column 1030101: nested objects of the event have more than 100,000 names in"
                                        + " total"),
                        new Problem("", "line 3: expected a JSON object"),
                        null);
    }

    /** Jackson copies its table of names for every few long ones: 30 MB of them took ten seconds. */
    @Test
    void eventWithTooLongNames_isRejectedAlone() {
        String most = longNames(2_097);
        String events =
                "[%1$s]\n{\"a\":[%1$s,%1$s]}\n{\"a\":[%1$s,{\"%2$s\":0}]}\n{}".formatted(most, "y".repeat(1_000));
        BodyLimits limits = new BodyLimits(1 << 30, 100, 8 << 20, 100);

        assertThat(Bodies.read(BodyFormat.LINES, "", limits, EventCheck.NONE, List.of(bytes(events))))
                .extracting(Event::problem)
                .containsExactly(
                        new Problem("", "line 1: expected a JSON object"),
                        null,
                        new Problem(
                                "",
                                "line 3, column %d: the names of the event have more than 2,097,152 characters in total,"
                                                .formatted(most.length() + 1011)
                                        + " each name counted once"),
                        null);
    }

    private static String longNames(int count) {
        return IntStream.range(0, count)
                .mapToObj("{\"%%0%dx\":0}".formatted(1_000)::formatted)
                .collect(Collectors.joining(","));
    }

    @Test
    void namesOfAnIncompleteEvent_doNotCountForTheNext() {
        String events = "{\"a\":{\"a\":{%s\n{%s}".formatted(names(15_000), names(90_000));

        assertThat(Bodies.read(BodyFormat.LINES, bytes(events)))
                .extracting(event -> event.problem() == null)
                .containsExactly(false, true);
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj("\"n%x\":0"::formatted).collect(Collectors.joining(","));
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
    void rejectedEvent_needsNeitherAStackTraceNorANewParser(String rejected) {
        JsonEvents events = new JsonEvents();
        List<JsonParser> parsers = new ArrayList<>();
        EventCheck check = (parser, found) -> {
            parsers.add(parser);
            return EventCheck.NONE.check(parser, found);
        };
        Throwable problem = null;
        for (String event : List.of("{}", rejected, "{}")) {
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

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
