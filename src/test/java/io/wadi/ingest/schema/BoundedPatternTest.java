package io.wadi.ingest.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.ingest.event.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BoundedPatternTest {
    @ParameterizedTest
    @ValueSource(strings = {"^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"})
    @Timeout(60)
    void find_exponentialPattern_fails(String pattern) {
        BoundedPattern bounded = new BoundedPattern(pattern);

        assertThatExceptionOfType(CheckLimitException.class).isThrownBy(() -> bounded.find("a".repeat(5_000) + "!"));
    }

    @Test
    void find_recursivePattern_failsBeforeTheStackIsExhausted() {
        BoundedPattern bounded = new BoundedPattern("^(x|y)*$");

        assertThat(bounded.find("xy")).isTrue();
        assertThatExceptionOfType(CheckLimitException.class).isThrownBy(() -> bounded.find("xy".repeat(1_000_000)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"pattern\": \"^(a+)+$\"}", "{\"not\": {\"pattern\": \"^(a+)+$\"}}"})
    @Timeout(60)
    void check_exponentialPattern_rejectsTheEvent(String schema) {
        String event = "\"" + "a".repeat(5_000) + "!\"";

        assertThat(SchemaChecks.check(EventSchema.compile(schema, false), event))
                .isEqualTo(new Problem("", "matching it against its pattern takes too many steps"));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            ^a$,     a,      true
            ^a$,     `a\n`,  false
            a$|b,    `a\n`,  false
            ^a\\$$,  a$,     true
            ^[$]$,   $,      true
            ^[\\]$]$, $,     true
            ^\\Q$[\\E[0-9]+$, $[5,  true
            ^\\Q$[\\E[0-9]+$, `$[5\n`, false
            ^a\\Q$,  a$,     true
            b,       abc,    true
            ^[a-z]*$, abcdefghijklmnopqrstuvwxyz, true
            """)
    void find_matchesEcmaSemantics(String pattern, String text, boolean found) {
        assertThat(new BoundedPattern(pattern).find(text)).isEqualTo(found);
    }

    @Test
    void find_longTextInASinglePass_isFound() {
        assertThat(new BoundedPattern("^[a-z]*$").find("a".repeat(1_000_000))).isTrue();
    }

    /** The pattern takes 21 steps at each character of this text. */
    @Test
    void find_stepsOnALongText_areLimited() {
        BoundedPattern pattern = new BoundedPattern("[a-z]{20}!");

        assertThat(pattern.find("a".repeat(10_000))).isFalse();
        assertThatExceptionOfType(CheckLimitException.class).isThrownBy(() -> pattern.find("a".repeat(100_000)));
    }
}
