package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class EqualityKeywordsTest {
    /** As many as fit into an event of 1 MiB. */
    private static final int ELEMENTS = 31_000;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static int compared;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                         | true
            [1, "1", true, null, [1], {"a": 1}]        | true
            [1, 2, 1]                                  | false
            [1, 1.0]                                   | false
            [1e3, 1000]                                | false
            ["a", "b", "a"]                            | false
            [null, null]                               | false
            [false, true, false]                       | false
            [[1, 2], [2, 1]]                           | true
            [[1, [2]], [1, [2.0]]]                     | false
            [{"a": 1, "b": 2}, {"b": 2, "a": 1}]       | false
            [{"a": 1, "b": 2}, {"a": 2, "b": 1}]       | true
            [{"a": 1}, {"b": 1}]                       | true
            [{"a": 1}, {"a": 1, "b": 2}]               | true
            {"a": 1, "b": 1}                           | true
            """)
    void elements_areComparedByValue(String event, boolean unique) {
        EventSchema schema = EventSchema.compile("{\"uniqueItems\": true}", false);

        assertThat(schema.treeReason()).hasValue("/uniqueItems");
        assertThat(SchemaChecks.check(schema, event) == null).isEqualTo(unique);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"const": [1]}                  | [1.0]        | true
            {"const": [1]}                  | [2]          | false
            {"const": "a"}                  | "a"          | true
            {"enum": [{"a": 1}, "b"]}       | {"a": 1.0}   | true
            {"enum": [{"a": 1}, [[1]]]}     | [[1e0]]      | true
            {"enum": [{"a": 1}, "b"]}       | {"a": 1.5}   | false
            {"enum": [{"a": 1}, "b"]}       | "b"          | true
            """)
    void allowedValues_areComparedByValue(String keyword, String event, boolean isAllowed) {
        EventSchema schema =
                EventSchema.compile("{\"allOf\": [%s, {\"uniqueItems\": true}]}".formatted(keyword), false);

        assertThat(schema.treeReason()).isPresent();
        assertThat(SchemaChecks.check(schema, event) == null).isEqualTo(isAllowed);
    }

    /** A hash set would compare each of these with all before it, which takes 18 to 58 s for an event of 1 MiB. */
    @ParameterizedTest
    @MethodSource
    void elementsWithTheSameHash_needFewComparisons(IntFunction<String> element) throws Exception {
        JsonNode array = JSON.readTree(
                IntStream.range(0, ELEMENTS).mapToObj(element).collect(Collectors.joining(",", "[", "]")));
        assertThat(array.get(1)).isNotEqualTo(array.get(2)).hasSameHashCodeAs(array.get(2));
        compared = 0;

        assertThat(EqualityKeywords.isUnique(array, (one, other) -> {
                    compared++;
                    return EqualityKeywords.compare(one, other);
                }))
                .isTrue();

        assertThat(compared).isLessThan(ELEMENTS * 2 * 15);
    }

    static Stream<Named<IntFunction<String>>> elementsWithTheSameHash_needFewComparisons() {
        return Stream.of(
                Named.of("strings", i -> "\"%s\"".formatted(colliding(i))),
                Named.of("numbers", "0.10000000000000000000%08d"::formatted),
                Named.of("arrays", i -> "[\"%s\"]".formatted(colliding(i))),
                Named.of("objects", i -> "{\"a\":\"%s\"}".formatted(colliding(i))));
    }

    /** Returns a different string with the same hash code for each number below 32,768. */
    private static String colliding(int number) {
        return IntStream.range(0, 15)
                .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                .collect(Collectors.joining());
    }
}
