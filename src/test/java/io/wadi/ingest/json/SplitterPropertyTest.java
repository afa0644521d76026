package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The events of a body do not depend on the pieces in which it arrives, and equal those found in the whole body. */
class SplitterPropertyTest {
    private static final String KOREAN = "{ \"사용자\" : \"김철수\",\"색\":\"파랑 😀\\n\\u0041 } ] \\\" {\" , \"n\": 1.50 }";
    private static final BodyLimits SHORT_EVENTS = new BodyLimits(1 << 20, 100, 40, 1000);
    private static final ObjectMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Property
    void bodyInAnyPieces_givesTheSameResult(
            @ForAll BodyFormat format, @ForAll("bodies") String body, @ForAll("sizes") List<Integer> sizes) {
        byte[] bytes = body.getBytes(UTF_8);

        assertThat(Bodies.outcome(format, "", SHORT_EVENTS, Bodies.pieces(bytes, sizes)))
                .isEqualTo(Bodies.outcome(format, "", SHORT_EVENTS, List.of(bytes)));
    }

    @Property
    void lines_areSplitAtNewlines(@ForAll("bodies") String body, @ForAll("sizes") List<Integer> sizes) {
        List<String> expected = new ArrayList<>();
        for (String line : withoutMark(body).split("\n", -1)) {
            String event = trimmed(line);
            if (!event.isEmpty()) {
                expected.add(isObject(event) ? utf8(event) : "refused");
            }
        }

        Bodies.Outcome outcome =
                Bodies.outcome(BodyFormat.LINES, "", Bodies.LIMITS, Bodies.pieces(body.getBytes(UTF_8), sizes));

        assertThat(outcome.events().stream().map(SplitterPropertyTest::withoutReason))
                .containsExactlyElementsOf(expected);
        assertThat(outcome.end()).isEqualTo(expected.isEmpty() ? "400 the body contains no event" : null);
    }

    @Property
    void jsonArray_isSplitIntoItsElements(
            @ForAll("elements") List<String> elements,
            @ForAll("blanks") String blanks,
            @ForAll("sizes") List<Integer> sizes) {
        String body = blanks + "[" + blanks + String.join(blanks + "," + blanks, elements) + blanks + "]" + blanks;

        Bodies.Outcome outcome =
                Bodies.outcome(BodyFormat.JSON, "", Bodies.LIMITS, Bodies.pieces(body.getBytes(UTF_8), sizes));

        assertThat(outcome.events().stream().map(SplitterPropertyTest::withoutReason))
                .containsExactlyElementsOf(elements.stream()
                        .map(element -> isObject(element) ? utf8(element) : "refused")
                        .toList());
        assertThat(outcome.end()).isEqualTo(elements.isEmpty() ? "400 the body contains no event" : null);
    }

    /** A body is read to its end if and only if it is valid JSON. */
    @Property
    void validJson_isReadToItsEnd(@ForAll("bodies") String body, @ForAll("sizes") List<Integer> sizes) {
        Bodies.Outcome outcome =
                Bodies.outcome(BodyFormat.JSON, "", Bodies.LIMITS, Bodies.pieces(body.getBytes(UTF_8), sizes));

        JsonNode read = read(withoutMark(body));
        boolean good = read != null && (read.isObject() || (read.isArray() && !read.isEmpty()));
        assertThat(outcome.end() == null).as("%s: %s", body, outcome).isEqualTo(good);
        if (good) {
            assertThat(outcome.events()).hasSize(read.isArray() ? read.size() : 1);
        }
    }

    private static JsonNode read(String json) {
        try {
            return STRICT.readTree(json);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static boolean isObject(String json) {
        JsonNode read = read(json);
        return read != null && read.isObject();
    }

    private static String withoutMark(String body) {
        return body.startsWith("\uFEFF") ? body.substring(1) : body;
    }

    private static String trimmed(String line) {
        int from = 0;
        int to = line.length();
        while (from < to && " \t\r".indexOf(line.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && " \t\r".indexOf(line.charAt(to - 1)) >= 0) {
            to--;
        }
        return line.substring(from, to);
    }

    /** Returns the text as it is in outcomes: one character per byte. */
    private static String utf8(String event) {
        return new String(event.getBytes(UTF_8), ISO_8859_1);
    }

    private static String withoutReason(String event) {
        return event.startsWith("refused") ? "refused" : event;
    }

    @Provide
    Arbitrary<String> bodies() {
        return Arbitraries.of(
                        "{}",
                        KOREAN,
                        "{\"a\":1}",
                        "{\"a\":\"x\\\\\"}",
                        "[",
                        "]",
                        ",",
                        ":",
                        "{",
                        "}",
                        "\"",
                        "\\",
                        "\n",
                        " ",
                        "\r\n",
                        "\t",
                        "1",
                        "-2e9",
                        "null",
                        "tru",
                        "\"a\"",
                        "[{}]",
                        "[]",
                        "x",
                        "{\"a\":1,\"a\":2}",
                        "{\"a\":\n[\n1]\n}",
                        "\uFEFF",
                        "\0")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<String>> elements() {
        return Arbitraries.of(
                        "{}",
                        KOREAN,
                        "{\"a\":[{\"b\":{}},[]]}",
                        "{\"a\":\"\\\\\"}",
                        "{\n\"a\"\n:\n1}",
                        "1",
                        "-2.5e9",
                        "null",
                        "\"]\"",
                        "\"\\\"\"",
                        "[]",
                        "[{\"a\":[]}]",
                        "true")
                .list()
                .ofMaxSize(8);
    }

    @Provide
    Arbitrary<String> blanks() {
        return Arbitraries.strings().withChars(" \t\r\n").ofMaxLength(3);
    }

    @Provide
    Arbitrary<List<Integer>> sizes() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers()
                                .between(1, 70)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(5))
                .as((small, sizes) -> {
                    List<Integer> all = new ArrayList<>(sizes);
                    all.add(small);
                    return all;
                });
    }
}
