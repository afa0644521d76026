package io.wadi.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NearestNameTest {
    private static final List<String> NAMES =
            List.of("wadi.http.port", "wadi.http.host", "wadi.landing.roll-bytes", "wadi.landing.roll-interval");

    @ParameterizedTest
    @CsvSource({
        "wadi.http.prot, wadi.http.port", // two letters exchanged
        "wadi.http.por, wadi.http.port", // one missing
        "wadi.http.ports, wadi.http.port", // one too many
        "wadi.htttp.hosst, wadi.http.host",
        "wadi.landing.rollbytes, wadi.landing.roll-bytes",
        "wadi.landing.roll_interval, wadi.landing.roll-interval",
        "wadi.http.port, wadi.http.port"
    })
    void to_misspelledName_isTheIntendedName(String name, String meant) {
        assertThat(NearestName.to(name, NAMES)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wadi.streams.application-id", "wadi.xyz", "x", ""})
    void to_farFromAll_isEmpty(String name) {
        assertThat(NearestName.to(name, NAMES)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // The name's length limits the difference: a third of the length, but at least two letters.
        "aaaaaaaaa, aaaaaabbb, true",
        "aaaaaaaaa, aaaaabbbb, false",
        "abc, axy, true",
        "abc, xyz, false"
    })
    void to_distance_isLimitedByTheLengthOfTheName(String name, String candidate, boolean found) {
        assertThat(NearestName.to(name, List.of(candidate)).isPresent()).isEqualTo(found);
    }

    @Test
    void to_twoEquallyNear_returnsTheFirstAlphabetically() {
        assertThat(NearestName.to("color", List.of("colour", "colors", "colore")))
                .contains("colore");
    }

    @Test
    void to_noCandidates_isEmpty() {
        assertThat(NearestName.to("wadi.http.port", List.of())).isEmpty();
    }

    @Test
    void to_longName_isEmpty() {
        String longest = "n".repeat(64);

        assertThat(NearestName.to(longest, List.of(longest + "s"))).contains(longest + "s");
        assertThat(NearestName.to(longest + "s", List.of(longest))).isEmpty();
    }
}
