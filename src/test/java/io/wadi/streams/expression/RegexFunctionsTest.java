package io.wadi.streams.expression;

import static io.wadi.streams.expression.JqExpressions.CHARACTERS;
import static io.wadi.streams.expression.JqExpressions.REDUCED;
import static io.wadi.streams.expression.JqExpressions.SEARCH;
import static io.wadi.streams.expression.JqExpressions.rejection;
import static io.wadi.streams.expression.JqExpressions.rejectionByReducedLimits;
import static io.wadi.streams.expression.JqExpressions.rejectionByShorterSearch;
import static io.wadi.streams.expression.JqExpressions.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * jq's regular expressions. The expected results are those of jq 1.6, with several flags in the order of jackson-jq.
 */
class RegexFunctionsTest {
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', maxCharsPerColumn = 1000, textBlock = """
            "test foo bar" => [match("foo|bar";"g")] => [{"offset":5,"length":3,"string":"foo","captures":[]},{"offset":9,"length":3,"string":"bar","captures":[]}]
            "test foo bar" => [match("foo|bar").offset] => [5]
            "xabcx" => match("(?<a>b)(c)?(?<d>d)?") => {"offset":2,"length":2,"string":"bc","captures":[{"offset":2,"length":1,"string":"b","name":"a"},{"offset":3,"length":1,"string":"c","name":null},{"offset":-1,"length":0,"string":null,"name":"d"}]}
            "foo" => [match("(?<x>)foo";"g").captures[0]] => [{"offset":0,"length":0,"string":"","name":"x"}]
            "a1b22" => [match("(?<l>[a-z])(?<n>[0-9]+)";"g") | [.offset,.length,.captures[1].string]] => [[0,2,"1"],[2,3,"22"]]
            "abc" => [match("z";"g")] => []
            "x" => [match("X")], [match("X";"i").string], [match("X";null)] => [[],["x"],[]]
            "Foo foo" => [match("foo";"gi").offset] => [0,4]
            "Foo foo" => [match("f o o";"gx").offset] => [4]
            "aab" => [match("a*";"gn")|[.offset,.length]] => [[0,2]]
            "x" => [match(["X","i"]).offset] => [0]
            "é😀x" => [match(".";"g")|[.offset,.length,.string]] => [[0,1,"é"],[1,1,"😀"],[2,1,"x"]]
            "😀ab😀" => [match("(?<e>😀)";"g")|[.offset,.length,.captures[0].offset,.captures[0].name]] => [[0,1,0,"e"],[3,1,3,"e"]]
            "abc" => [test("B"), test("B";"i"), test(["B","i"]), test("B","b")] => [false,true,true,false,true]
            "test 1, test 2" => [scan("\\\\d")], [scan("t(e)(s)t")] => [["1","2"],[["e","s"],["e","s"]]]
            "foo BAR" => [scan("[a-z]+";"i")] => ["foo","BAR"]
            "x😀y😀" => [scan(".")] => ["x","😀","y","😀"]
            "xyz-123" => capture("(?<a>[a-z]+)-(?<n>[0-9]+)") => {"a":"xyz","n":"123"}
            "a1b22" => [capture("(?<l>[a-z])(?<n>[0-9]+)";"g")] => [{"l":"a","n":"1"},{"l":"b","n":"22"}]
            "x" => capture("(?<a>a)?x") => {"a":null}
            "a, b,c" => [splits(", *")], split(", *";null), split(",";"g") => [["a","b","c"],["a","b","c"],["a"," b","c"]]
            "a.b.c" => [splits("\\\\.")], [splits("z")] => [["a","b","c"],["a.b.c"]]
            "AbaB" => [splits("b";"i")] => ["A","a",""]
            "x😀y😀" => [splits("😀")] => ["x","y",""]
            "" => [splits(",")] => [""]
            "abc" => [sub("(?<x>b)";"[\\(.x)]"), sub("z";"y"), sub("[ac]";"-"), sub("[ac]";"-";"g")] => ["a[b]c","abc","-bc","-b-"]
            "abc" => [gsub("[ac]";"-"), gsub("B";"x";"i"), gsub("(?<x>.)";"\\(.x)\\(.x)")] => ["-b-","axc","aabbcc"]
            "abc" => [gsub("(?<a>a)|(?<c>c)"; "\\(.a)\\(.c)")] => ["anullbnullc"]
            "x😀y😀" => gsub("😀";"-") => "x-y-"
            "aBcD" => sub("(?=[A-Z])";"_") => "a_BcD"
            "ab" => [gsub("(?<x>[ab])"; .x, "-")] => ["ab","-b","a-","--"]
            "ab" => [gsub("a"; empty)], [sub("a";"1","2","3")] => [[],["1b","2b","3b"]]
            "aXbxc" => [sub("x";"-";"g","gi")] => ["aXb-c","aXb-c","a-b-c","a-b-c"]
            "abc" => [match("";"g").offset] => [0,1,2]
            "axb" => [match("x*";"g")|[.offset,.length]] => [[0,0],[1,1],[2,0]]
            "aXbX" => [match("X|(?<q>)";"g")|[.offset,.length]] => [[0,0],[1,1],[2,0],[3,1]]
            "ab" => [match("$").offset], [match("$") | .captures, .string] => [[2],[[],""]]
            "" => [match("";"g").offset] => [0]
            "" => [gsub("^";"a"), gsub("";"a"), gsub("$";"a")] => ["a","a","a"]
            "ab" => gsub("$";"-") => "ab-"
            "x" => try match("x";"q") catch "invalid" => "invalid"
            "x" => [(try sub(1;"a") catch "number"), (try gsub("x";"a";1) catch "flags")] => ["number","flags"]
            1 => [.[]?], [(try test("a") catch "test"), (try splits("a") catch "splits"), (try sub("a";"b") catch "sub")] => [[],["test","splits","sub"]]
            """)
    void result_isThatOfJq(String json, String jq, String expected) {
        assertThat(tree(result(jq, json))).isEqualTo(tree(expected));
    }

    /** In jackson-jq, gsub did not end for these, and match found some of them twice, as in jq 1.6. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            "aBc" => gsub("(?=[A-Z])";"_") => "a_Bc"
            "aBcDE" => gsub("(?=[A-Z])";"_") => "a_Bc_D_E"
            "abc1" => gsub("[^0-9]*";"") => "1"
            "abc" => gsub("";"-") => "-a-b-c"
            "abc" => gsub("^";"-") => "-abc"
            "abc" => gsub("x*";"-") => "-a-b-c"
            "é😀x" => gsub("";"-") => "-é-😀-x"
            "ab" => [gsub("";"1","2")] => ["1a1b","2a1b","1a2b","2a2b"]
            "aBc" => gsub("(?=(?<c>[A-Z]))";"_\\(.c)_") => "a_B_Bc"
            "aBcD" => [match("(?=[A-Z])";"g").offset] => [1,3]
            "é😀x" => [match("";"g").offset] => [0,1,2]
            "aBcD" => [splits("(?=[A-Z])")] => ["a","Bc","D"]
            """)
    void emptyMatch_isFoundOnce(String json, String jq, String expected) {
        assertThat(tree(result(jq, json))).isEqualTo(tree(expected));
    }

    /** The expressions run on UTF-8, in which the letter would be a question mark. */
    @Test
    void textThatUtf8CannotEncode_isRejected() {
        assertThat(rejection("test(\"a\")", "\"\\ud800\""))
                .isEqualTo(
                        "JsonQueryException: _match_impl/3: the text has an unpaired surrogate, which UTF-8 cannot encode");
        assertThat(rejection("sub(\"a\"; \"b\")", "\"\\ud800\""))
                .isEqualTo(
                        "JsonQueryException: _sub_impl/3: the text has an unpaired surrogate, which UTF-8 cannot encode");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scan(\"\\\\w\")",
                "[match(\"a\"; \"g\")]",
                "[.[0:60000] | match(\"(a)\"; \"g\")]",
                "[splits(\"\")]",
                "gsub(\"a\"; \"b\")",
                "try [scan(\"a\")] catch 1",
                "[range(2)] | map(\"aaaaaaaaaa\" * 6000) | map([scan(\"a\")])"
            })
    void matches_areLimited(String jq) {
        assertThat(rejection(jq, text(200_000)))
                .isEqualTo("expected at most 100000 matches and captures of regular expressions, found more");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[match(\".(?=(.*))\"; \"g\")]",
                "gsub(\"(?=(?<rest>.*))\"; .rest)",
                "[gsub(\"a\"; \"b\", \"c\")]",
                "[gsub(\"a\"; \"\", \"\")]"
            })
    void charactersOfMatches_areLimited(String jq) {
        // The expressions copy the square of the number of characters.
        assertThat(rejectionByReducedLimits(jq, text(20_000 / (int) Math.sqrt(REDUCED))))
                .isEqualTo("expected at most %d characters in matches, replaced, added and joined texts, found more"
                        .formatted(CHARACTERS));
    }

    @Test
    void defaultLimits_areThoseOfTheDocumentation() {
        assertThat(rejection(". as $all | gsub(\"a\"; $all)", text(20_000)))
                .isEqualTo(
                        "expected at most 67108864 characters in matches, replaced, added and joined texts, found more");
        assertThat(new EvaluationLimits().searchNanosLeft())
                .isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    /** Without a limit, each of these would exceed any test timeout. */
    @Test
    void timeOfSearches_isLimited() {
        String text = "\"" + "a".repeat(60) + "!\"";

        assertThat(Stream.of("test(\"^(a+)+$\")", "gsub(\"^(a+)+$\"; \"\")")
                        .parallel()
                        .map(jq -> rejectionByShorterSearch(jq, text))
                        .toList())
                .containsOnly(
                        "expected regular expressions to take at most %d s in total".formatted(SEARCH.toSeconds()));
        assertThat(result("test(\"^(a+)+$\")", "\"aaa\"")).isEqualTo("true");
    }

    /** jackson-jq needs several stack frames for each match. */
    @Test
    void manyMatches_areReplacedAndSplit() {
        assertThat(result("gsub(\"a\"; \"b\") == \"b\" * 90000", text(90_000))).isEqualTo("true");
        assertThat(result("[splits(\"a\")] | length", text(90_000))).isEqualTo("90001");
        assertThat(result("[scan(\".\")] | length", text(90_000))).isEqualTo("90000");
    }

    @Test
    void limit_isThatOfOneEvaluation() {
        FlowExpression matches = JqExpressions.jq("[scan(\"a\")] | length");
        EvaluatedRecord event = JqExpressions.record(text(90_000));
        for (int i = 0; i < 3; i++) {
            assertThat(ValueType.plain(event.valueOf(matches))).isEqualTo(90_000);
        }
    }

    private static Object tree(String json) {
        return ValueType.JSON.readTree(json.getBytes(UTF_8));
    }

    private static String text(int length) {
        return "\"" + "a".repeat(length) + "\"";
    }
}
