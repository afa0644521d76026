package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluatedRecordTest {
    private static final CamelContext CAMEL = new DefaultCamelContext();

    private final EvaluatedRecord event = new EvaluatedRecord(CAMEL, Set.of());

    private FlowExpression jq(String text) {
        return FlowExpression.of(CAMEL, "map", "jq", text, false);
    }

    private void value(String json) {
        event.value(ValueType.JSON.readTree(json.getBytes(UTF_8)), null);
    }

    private String result(String jq, String json) {
        value(json);
        return new String(ValueType.JSON.write(event.valueOf(jq(jq))), UTF_8);
    }

    /** Runs a test with a stack of fixed size, because the JVM's default differs between platforms. */
    private static void runWithSmallStack(Runnable test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(test, null);
        new Thread(null, task, "small-stack", 256 << 10).start();
        task.get();
    }

    @Test
    void expressionThatExhaustsTheStack_isRejected_andTheNextRecordIsProcessed() throws Exception {
        runWithSmallStack(() -> {
            value("[".repeat(1000) + "]".repeat(1000));
            assertThatThrownBy(() -> event.valueOf(jq("walk(.)")))
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessage("map (jq walk(.)): the value is nested too deeply");
            assertThatThrownBy(() -> event.holds(jq("walk(.)")))
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessageEndingWith("nested too deeply");

            assertThat(result("walk(.)", "[[1],[[2]]]")).isEqualTo("[[1],[[2]]]");
        });
    }

    @Test
    void numbersThatJsonDoesNotHave_areWrittenAsByJq() {
        assertThat(result("{a: nan, b: [infinite, -infinite], c: .c}", "{\"c\":1.5}"))
                .isEqualTo("{\"a\":null,\"b\":[1.7976931348623157E308,-1.7976931348623157E308],\"c\":1.5}");
        assertThat(result("nan, (.c | log)", "{\"c\":-1}")).isEqualTo("[null,null]");
    }

    private void assertRejected(String jq, String json, String reason) {
        FlowExpression expression = jq(jq);
        value(json);
        assertThatThrownBy(() -> event.valueOf(expression))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessage("map (jq " + jq + "): " + reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{total: (.price * .quantity)}",
                ".quantity * .price",
                ".price *= .quantity",
                "def total: .price * .quantity; [1, total]",
                "if true then reduce 1 as $i (.; .price * .quantity) else . end",
                "[.price * 1, .price] | map(. * 200000)",
                "[range(200)] | map(\"0123456789\" * 1000)",
                "try error(1) catch \"0123456789\" * 200000",
                "{\"\\(.price * .quantity)\": 1}"
            })
    void repeatedStrings_haveALimitedLength(String jq) {
        assertRejected(
                jq,
                "{\"price\":\"xxxxxxxxxx\",\"quantity\":200000}",
                "JsonQueryException: Repeated strings are too long, expected at most 1048576 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"price\":\"\",\"quantity\":2147483647}]",
                "[{\"price\":\"\",\"quantity\":1e400},{\"price\":\"xxxxxxxxxx\",\"quantity\":200000000}]",
                "[{\"price\":\"xxxxxxxxxx\",\"quantity\":200000000},{\"price\":\"\",\"quantity\":1e400}]"
            })
    void repetitionsOfEmptyTexts_andInfiniteRepetitions_areLimited(String items) {
        assertRejected(
                "[.[] | .price * .quantity]",
                items,
                "JsonQueryException: Repeated strings are too long, expected at most 1048576 characters");
    }

    @Test
    void rangeOfStrings_isRejected() {
        assertRejected(
                "[range(.from; .to; .step)]",
                "{\"from\":\"\",\"to\":\"z\",\"step\":\"a\"}",
                "range of \"\", expected a number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reduce .[] as $o ({}; . * $o)",
                "reduce .[] as $o ({}; . * {a: $o}) | .a",
                "try reduce .[] as $o ({}; . * $o) catch 1"
            })
    void mergesOfObjects_areLimited(String jq) {
        // The expressions copy the square of the number of objects.
        String objects = IntStream.range(0, 6000 / (int) Math.sqrt(JqExpressions.REDUCED))
                .mapToObj("{\"%d\":1}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));

        assertThat(JqExpressions.rejectionByReducedLimits(jq, objects))
                .isEqualTo("expected additions and merges to copy at most %d elements, found more"
                        .formatted(JqExpressions.COPIES));
    }

    @Test
    void multiplicationBelowTheLimit_isUnchanged() {
        assertThat(result("[.s * .n, .n * .s, .s * 0, .n * .n, ({a: 1} * {b: 2})]", "{\"s\":\"ab\",\"n\":2}"))
                .isEqualTo("[\"abab\",\"abab\",null,4,{\"a\":1,\"b\":2}]");
        FlowExpression each = jq(".s * 100000 | length");
        for (int i = 0; i < 20; i++) {
            value("{\"s\":\"0123456789\"}");
            assertThat(ValueType.plain(event.valueOf(each))).isEqualTo(1_000_000);
        }
    }

    @Test
    void wholeNumbers_doNotOverflow() {
        String json = "{\"a\":9223372036854775807,\"b\":18446744073709551617,\"p\":4000000000,\"q\":3000000000}";

        assertThat(result("[.a + 1, .a * 2, 0 - .a - 2, .b + 1, .b - .b, .p * .q]", json))
                .isEqualTo("[9223372036854775808,18446744073709551614,-9223372036854775809,"
                        + "18446744073709551618,0,12000000000000000000]");
        assertThat(result("[.b % 10, (0 - .a) % 10, 7 % .b, .b % .b, (.b %= 5 | .b), 5.9 % 2, -7 % 3]", json))
                .isEqualTo("[7,-7,7,0,2,1,-1]");
        assertThat(result("[.b % 10.9, 10.0 % .b, (0 - .b) % -10.0]", json)).isEqualTo("[7,10,-7]");
        assertRejected(
                ".b % 0",
                json,
                "JsonQueryException: number (18446744073...) and number (0) cannot be divided (remainder)"
                        + " because the divisor is zero");
        assertThat(result(
                        "[([.a, 1] | add), (.a |= . + 1 | .a), (.a += 1 | .a), (.a -= -1 | .a), (.a *= 1 | .a)]", json))
                .isEqualTo("[9223372036854775808,9223372036854775808,9223372036854775808,9223372036854775808,"
                        + "9223372036854775807]");
        assertThat(result("[.a + 0.5, 3 - 1.5, ([1, 2] - [1]), (null + 1), 7 * 6]", json))
                .isEqualTo("[9223372036854775807,1.5,[2],1,42]");
    }

    /** As doubles, a, b and c would be equal, and so would d and e. */
    @Test
    void wholeNumbers_areComparedExactly() {
        String json = "{\"a\":9007199254740993,\"b\":9007199254740992,\"c\":9007199254740992.0,"
                + "\"d\":18446744073709551617,\"e\":18446744073709551616,\"f\":1e400}";

        assertThat(result("[.a == .b, .a != .b, .a > .b, .b >= .a, .a == 9007199254740993, .a == .c, .b == .c]", json))
                .isEqualTo("[false,true,true,false,true,false,true]");
        assertThat(result("[.d == .e, .d < .e, .e <= .d, .d < .f, -.f < .a, [.a] == [.b], 3 == 3.0, 1.5 < 2]", json))
                .isEqualTo("[false,false,true,true,true,false,true,true]");
        assertThat(result("[.a, .b, .a] | [sort, unique, (group_by(.) | map(length)), [min, max]] | tojson", json))
                .isEqualTo("\"[[9007199254740992,9007199254740993,9007199254740993],"
                        + "[9007199254740992,9007199254740993],[1,2],[9007199254740992,9007199254740993]]\"");
        assertThat(result("map({id: ., n: 1}) | [min_by(.n), max_by(.n), ([] | min, max)] | map(.id?)", "[1,2]"))
                .isEqualTo("[1,2,null,null]");
    }

    /** Once these fail, jackson-jq has changed, and docs/reference/streams.md must too. */
    @Test
    void differencesFromJq_areThoseOfTheDocumentation() {
        assertThat(result("map(\"\\(.)\")", "[25000000.0,25000000.5,25000000,9999999.5,0.001,0.0005]"))
                .isEqualTo("[\"2.5E7\",\"2.50000005E7\",\"25000000\",\"9999999.5\",\"0.001\",\"5.0E-4\"]");
        assertThat(result("map(\"\\(. | round)\")", "[25000000.0]")).isEqualTo("[\"25000000\"]");
        assertThat(result("[.[length / 2], .[length / 2 | floor]]", "[1,2,3]")).isEqualTo("[null,2]");
        assertThat(result("[[paths], [path(..)], [recurse], [..]]", "[null]"))
                .isEqualTo("[[],[[],[0]],[[null]],[[null],null]]");
    }

    /** JSON has a negative zero, which Python and others write. */
    @Test
    void negativeZero_isEqualToZero() {
        String json = "{\"z\":-0.0,\"one\":-1}";

        assertThat(result("[.z == 0, .z == 0.0, .z < 0, .z >= 0, 0 > .z, [.z] == [0], .z != 0]", json))
                .isEqualTo("[true,true,false,true,false,true,false]");
        assertThat(result("[0, .z, .one, 0.0] | [unique, sort, (group_by(.) | map(length)), [min, max]]", json))
                .isEqualTo("[[-1,0],[-1,0,-0.0,0.0],[1,3],[-1,0.0]]");
    }

    @Test
    void charactersBeyondU_FFFF_areKept() {
        value("\"A\uD83D\uDE00b\"");
        assertThat(ValueType.plain(event.valueOf(jq("ascii_downcase")))).isEqualTo("a\uD83D\uDE00b");
        assertThat(ValueType.plain(event.valueOf(jq("ascii_upcase")))).isEqualTo("A\uD83D\uDE00B");
        assertThat(ValueType.plain(event.valueOf(jq("explode | implode")))).isEqualTo("A\uD83D\uDE00b");
        for (String number : List.of("1114112", "4294967361", "-4294967231")) {
            assertRejected(
                    "implode",
                    "[" + number + "]",
                    "JsonQueryException: implode of " + number + ", expected a code point");
        }
    }

    @Test
    void charactersBeyondU_FFFF_areWrittenInUtf8_andUnpairedSurrogatesAsEscapes() {
        assertThat(result("{name: .}", "\"A\uD83D\uDE00\"")).isEqualTo("{\"name\":\"A\uD83D\uDE00\"}");
        assertThat(result("[., {(.): 1}]", "\"\\uD83Dx\"")).isEqualTo("[\"\\uD83Dx\",{\"\\uD83Dx\":1}]");
        String texts = "x".repeat(3999) + "\uD83D\uDE00" + "\uD83D\uDE00".repeat(5000);
        assertThat(result("[.]", "\"" + texts + "\"")).isEqualTo("[\"" + texts + "\"]");
    }

    @Test
    void indicesOfTexts_areThoseOfSlices() {
        assertThat(result(
                        "[indices(\"@\"), index(\"@\"), rindex(\"@\"), .[:index(\"@\")]]",
                        "\"\uD83D\uDE00a@\uD83D\uDE00b@\""))
                .isEqualTo("[[2,5],2,5,\"\uD83D\uDE00a\"]");
        assertThat(result("[indices(\"\"), index(\"x\"), indices(\"aa\"), rindex(\"a\")]", "\"aaa\""))
                .isEqualTo("[[],null,[0,1],2]");
        assertThat(result("[indices(1), index(1), rindex(1), indices([1, 2])]", "[1,2,1]"))
                .isEqualTo("[[0,2],0,2,[0]]");
        assertThat(result("[index(\"x\")]", "null")).isEqualTo("[null]");
    }

    @Test
    void textsAreConvertedToNumbers_exactly() {
        assertThat(result(
                        "map(tonumber)",
                        "[\"9007199254740993\",\"-18446744073709551617\",\" 5 \",\"1.5e1\",\"007\",7]"))
                .isEqualTo("[9007199254740993,-18446744073709551617,5,15,7,7]");
        for (String text : List.of("12d", "NaN", "0x1p3", "1e1000", "", "1_000")) {
            assertRejected(
                    "tonumber",
                    "\"" + text + "\"",
                    "JsonQueryException: \"" + text + "\" cannot be parsed as a number");
        }
    }

    /** As whole numbers, their digits would double with each multiplication. */
    @Test
    void wholeNumbersBeyondTheRangeOfDoubles_areDoubles() {
        value("7");
        assertThat(event.valueOf(jq("reduce range(250000) as $i (.; . * .) | isinfinite")))
                .isEqualTo(BooleanNode.TRUE);
    }

    @Test
    void functionsOfNumbers_returnWholeNumbers() {
        assertThat(result(
                        "[(3.7 | floor), (2.5 | round), (9 | sqrt), (0.5 | ceil), (2 | sqrt), (100 | log10)]", "null"))
                .isEqualTo("[3,3,3,1,1.4142135623730951,2]");
        assertThat(ValueType.LONG.write(event.valueOf(jq("60001 / 60000 | floor"))))
                .hasSize(Long.BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "def f(g): g; f(1)",
                "def f($a; g): $a + a + g; f(1; 2)",
                "def f: def g: 1; g; f",
                ". as {a: $x} | $x",
                ". as {$x, b: [$y]} | [$x, $y]",
                "reduce .[] as $x (0; .)",
                "foreach .[] as $x (0; .; [$x])",
                "label $out | ., break $out",
                "[limit(2; .[])] | @json",
                "\"\\(.a | tostring)\"",
                "@base64 \"x\\(.a)\"",
                "[paths] | map_values(length) | unique_by(.)",
                "try error(\"x\") catch .",
                ".. | numbers"
            })
    void definedNames_areFound(String text) {
        assertThat(jq(text).undefinedVariable(Set.of())).isEmpty();
    }

    @Test
    void resultsOfAnExpression_areLimited() {
        value("10000");
        assertThat(event.valueOf(jq("range(.)")))
                .asInstanceOf(InstanceOfAssertFactories.iterable(JsonNode.class))
                .hasSize(10_000);

        assertRejected("range(.)", "10001", "expected at most 10000 results, found more");
        assertRejected("try range(.) catch 1", "10001", "expected at most 10000 results, found more");
        assertRejected(".[]?", "[" + "1,".repeat(10_000) + "1]", "expected at most 10000 results, found more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[range(.n)]",
                "reduce range(.n) as $i (0; . + 1)",
                "[range(0; .n)]",
                "[range(0; 1; 0.000001)]",
                "[range(1000) | range(1000)] | length",
                "try [range(.n)] catch 1"
            })
    void ranges_areLimited(String jq) {
        assertRejected(jq, "{\"n\":1000000000}", "expected at most 250000 numbers in all ranges, found more");
    }

    @ParameterizedTest
    @ValueSource(strings = {"setpath([\"a\", .n]; 1)", "pick(.a[2000000000])", "try setpath([\"a\", .n]; 1) catch 1"})
    void indexOfSetPath_isLimited(String jq) {
        assertRejected(
                jq, "{\"n\":2000000000,\"a\":[]}", "setpath with an index of 2000000000, expected at most 250000");
    }

    @Test
    void rangesAndSetPathBelowTheLimit_areUnchanged() {
        FlowExpression sum = jq("[range(.n)] | length");
        for (int i = 0; i < 20; i++) {
            value("{\"n\":250000}");
            assertThat(ValueType.plain(event.valueOf(sum))).isEqualTo(250_000);
        }
        assertThat(result(
                        "[[range(2; 0; -1)], first(range(1000000000)), setpath([\"n\"]; 1), setpath([\"l\", -1, 2]; 5), pick(.n)]",
                        "{\"n\":7,\"l\":[[1]]}"))
                .isEqualTo("[[2,1],0,{\"n\":1,\"l\":[[1]]},{\"n\":7,\"l\":[[1,null,5]]},{\"n\":7}]");
    }

    @Test
    void joinedTable_isThatOfTheRecord_notOfTheOneBefore() {
        EvaluatedRecord joining = new EvaluatedRecord(CAMEL, Set.of("user"));
        FlowExpression inJq = jq("[$user]");
        FlowExpression inSimple = FlowExpression.of(CAMEL, "map", "simple", "${variable.user}", false);
        joining.begin(null, ValueType.STRING, new RecordHeaders(), 0);
        joining.value(ValueType.JSON.readTree("1".getBytes(UTF_8)), null);
        joining.joined("user", "alice");
        assertThat(ValueType.plain(joining.valueOf(inJq))).isEqualTo(List.of("alice"));

        joining.begin(null, ValueType.STRING, new RecordHeaders(), 0);
        joining.value(ValueType.JSON.readTree("2".getBytes(UTF_8)), null);

        assertThat(ValueType.plain(joining.valueOf(inJq))).isEqualTo(Collections.singletonList(null));
        assertThat(joining.valueOf(inSimple)).isIn(null, "");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            jq       => {user: $user, x: 1}                   => true
            jq       => .a | "\\($user.name)"                 => true
            jq       => {$user}                               => true
            jq       => if .a then $user else . end           => true
            jq       => def f(g): g + $user; f(1)             => true
            jq       => .user                                 => false
            jq       => "$user costs"                         => false
            jq       => $users                                => false
            jq       => .x as $user | $user                   => false
            jq       => . as {a: $user} | $user               => false
            jq       => . as {$user} | $user                  => false
            jq       => reduce .[] as $user (0; . + $user)    => false
            jq       => def f($user): $user; f(1)             => false
            simple   => ${variable.user}                      => true
            simple   => ${body} of ${variable.user[city]}     => true
            simple   => ${variable:user}                      => true
            simple   => ${variableAs(user, String)}           => true
            simple   => ${body[${variable.user}]}             => true
            simple   => ${variable.users}                     => false
            simple   => ${body[user]}                         => false
            jsonpath => $[?(@.city == '${variable.user}')]    => true
            jsonpath => $.variable.user                       => false
            jsonpath => $.user                                => false
            """)
    void variablesOfAnExpression_areKnown(String language, String text, boolean isUsed) {
        assertThat(FlowExpression.of(CAMEL, "map", language, text, false).usesVariable("user"))
                .isEqualTo(isUsed);
    }
}
