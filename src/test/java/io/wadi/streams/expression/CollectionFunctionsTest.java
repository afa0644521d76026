package io.wadi.streams.expression;

import static io.wadi.streams.expression.JqExpressions.CHARACTERS;
import static io.wadi.streams.expression.JqExpressions.COPIES;
import static io.wadi.streams.expression.JqExpressions.REDUCED;
import static io.wadi.streams.expression.JqExpressions.rejection;
import static io.wadi.streams.expression.JqExpressions.rejectionByReducedLimits;
import static io.wadi.streams.expression.JqExpressions.result;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The functions add and flatten and the operator +; the expected results are those of jq 1.6. */
class CollectionFunctionsTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            [[1,[2]],[3,[[4]]],5] => flatten, flatten(1), flatten(0), flatten(2) => [[1,2,3,4,5],[1,[2],3,[[4]],5],[[1,[2]],[3,[[4]]],5],[1,2,3,[4],5]]
            {"a":[1],"b":{"c":[2]}} => flatten => [1,{"c":[2]}]
            [null,[],[[]],"a"] => flatten => [null,"a"]
            [1,[2,[3]]] => [flatten(0,1)] => [[1,[2,[3]]],[1,2,[3]]]
            [[1]] => try flatten(-1) catch . => "flatten depth must not be negative"
            [[1],[2],null,[3]] => add => [1,2,3]
            ["a",null,"b"] => add => "ab"
            [{"a":1,"b":1},{"a":2},null] => add => {"a":2,"b":1}
            [1,2.5,null] => add => 3.5
            {"x":1,"y":2} => add => 3
            [[1]] => add => [1]
            [] => [add] => [null]
            [null,null] => [add] => [null]
            [true] => add => true
            ["a",null,1,true,"b"] => join("-","") => ["a--1-true-b","a1trueb"]
            [] => join(",") => ""
            [{"a":[1]},{"b":2}] => (add | .a[0]), map(keys[0]) => [1,["a","b"]]
            [1] => [.[] + 1, . + [2], ({} + {"a":1}), null + 1, "a" + "b"] => [2,[1,2],{"a":1},1,"ab"]
            [[1,2],[3]] => transpose => [[1,3],[2,null]]
            {"a":{"b":1}} => walk(if type == "number" then . + 1 else . end) => {"a":{"b":2}}
            """)
    void result_isThatOfJq(String json, String jq, String expected) {
        assertThat(result(jq, json)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            add => null => Cannot iterate over null (null)
            add => 1 => Cannot iterate over number (1)
            flatten => null => Cannot iterate over null (null)
            flatten => "a" => Cannot iterate over string ("a")
            add => [1,"a"] => number (1) and string ("a") cannot be added
            add => [[1],"a"] => array ([1]) and string ("a") cannot be added
            """)
    void invalidInput_isRejectedAsByJq(String jq, String json, String reason) {
        assertThat(rejection(jq, json)).endsWith(reason);
    }

    @Test
    void largeCollections_areFlattenedAndAdded() {
        String numbers = elements(300_000, "0");

        assertThat(result("flatten | length", numbers)).isEqualTo("300000");
        assertThat(result("add | length", elements(300_000, "[0]"))).isEqualTo("300000");
        assertThat(result("add | length", elements(300_000, "\"0\""))).isEqualTo("300000");
        assertThat(result("add", numbers)).isEqualTo("0");
        assertThat(result(
                        "map({(\"k\" + tostring): 1}) | add | length",
                        "["
                                + IntStream.range(0, 100_000)
                                        .mapToObj(Integer::toString)
                                        .collect(Collectors.joining(","))
                                + "]"))
                .isEqualTo("100000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reduce .[] as $each ([]; . + [$each])",
                "reduce .[] as $each ([]; . += [$each])",
                "reduce .[] as $each (\"\"; . + \"abcd\")",
                "reduce to_entries[] as $each ({}; . + {($each.key | tostring): 1})",
                "to_entries | map({key: (.key | tostring), value: 1}) | from_entries | walk(.)",
                "try reduce .[] as $each ([]; . + [$each]) catch 1",
                "[range(1000) as $i | .] | add",
                "[range(1000) as $i | .] | flatten",
                "(.[0:100] | to_entries | map({(.key | tostring): 1}) | add) as $all | [range(200000) | $all] | add"
            })
    void copiesOfAdditions_areLimited(String jq) {
        // Several expressions copy the square of the number of elements.
        assertThat(rejectionByReducedLimits(jq, elements(100_000 / (int) Math.sqrt(REDUCED), "0")))
                .isEqualTo("expected additions and merges to copy at most %d elements, found more".formatted(COPIES));
    }

    @Test
    void defaultLimitOfCopies_isThatOfTheDocumentation() {
        assertThat(rejection("[range(1000) as $i | .] | add", elements(100_000, "0")))
                .isEqualTo("expected additions and merges to copy at most 250000000 elements, found more");
    }

    @Test
    void charactersOfAddedAndJoinedTexts_areLimited() {
        String text = "\"" + "a".repeat(10_000) + "\"";
        String rejection = "expected at most %d characters in matches, replaced, added and joined texts, found more"
                .formatted(CHARACTERS);
        int times = 100_000 / REDUCED;

        assertThat(rejectionByReducedLimits("[range(%d) as $i | .] | add".formatted(times), text))
                .isEqualTo(rejection);
        assertThat(rejectionByReducedLimits("[range(%d) as $i | .] | join(\"\")".formatted(times), "1".repeat(1_000)))
                .isEqualTo(rejection);
        assertThat(rejectionByReducedLimits("[range(%d) as $i | .] | join(\"\")".formatted(times), text))
                .isEqualTo(rejection);
    }

    @Test
    void additions_areUnchangedBelowTheLimit() {
        String elements = elements(10_000, "0");

        for (int i = 0; i < 6; i++) {
            assertThat(result("reduce .[] as $each ([]; . + [$each]) | length", elements))
                    .isEqualTo("10000");
        }
    }

    private static String elements(int count, String element) {
        return "[" + (element + ",").repeat(count - 1) + element + "]";
    }
}
