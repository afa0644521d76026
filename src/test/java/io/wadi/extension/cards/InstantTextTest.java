package io.wadi.extension.cards;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code InstantText} compared with {@link Instant#parse}, which it replaces. */
class InstantTextTest {
    private static Object of(String text) {
        try {
            return InstantText.millis(text);
        } catch (DateTimeException e) {
            return "refused";
        }
    }

    private static Object expected(String text) {
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeException e) {
            return "refused";
        }
    }

    @Property
    void times_areParsedLikeInstant(@ForAll("times") Instant time) {
        assertThat(InstantText.millis(time.toString())).isEqualTo(time.toEpochMilli());
    }

    @Provide
    Arbitrary<Instant> times() {
        return Arbitraries.longs()
                .between(-62_167_219_200L, 253_402_300_799L)
                .flatMap(seconds -> Arbitraries.oneOf(
                                Arbitraries.just(0L),
                                Arbitraries.longs().between(0, 999).map(millis -> millis * 1_000_000),
                                Arbitraries.longs().between(0, 999_999_999))
                        .map(nanos -> Instant.ofEpochSecond(seconds, nanos)));
    }

    @Property
    void nearlyValidTimes_areParsedOrRejectedLikeInstant(
            @ForAll("positions") int position, @ForAll("characters") char character) {
        StringBuilder text = new StringBuilder("2026-02-28T23:59:09.789Z");
        text.setCharAt(position, character);

        assertThat(of(text.toString())).as("%s", text).isEqualTo(expected(text.toString()));
    }

    @Provide
    Arbitrary<Integer> positions() {
        return Arbitraries.integers().between(0, 23);
    }

    @Provide
    Arbitrary<Character> characters() {
        return Arbitraries.of('0', '1', '2', '3', '4', '5', '6', '9', ':', '-', '+', '.', ',', 'T', 'Z', 'z', ' ', 'é');
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-20T12:34:56Z",
                "2026-11-20T12:34:56.7Z",
                "2026-11-20T12:34:56.123456789Z",
                "2026-11-20T12:34:56.1234567890Z",
                "2026-11-20T12:34:56.Z",
                "2026-11-20T12:34Z",
                "2026-11-20T12:34:56+01:00",
                "2026-11-20T24:00:00Z",
                "2026-12-31T23:59:60Z",
                "2026-11-31T12:34:56Z",
                "2024-02-29T12:34:56Z",
                "2026-02-29T12:34:56Z",
                "2026-11-20T25:00:00Z",
                "2026-11-20t12:34:56z",
                "+12026-11-20T12:34:56Z",
                "yesterday",
                "Z",
                ""
            })
    void timeFormats_areParsedOrRejectedLikeInstant(String text) {
        assertThat(of(text)).isEqualTo(expected(text));
    }
}
