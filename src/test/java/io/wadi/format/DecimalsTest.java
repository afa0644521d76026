package io.wadi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
    @ParameterizedTest
    @CsvSource({"12345678901234.5600, 12345678901234.5600", "1e3, 1000", "-25e-4, -0.0025", "0, 0"})
    void plain_writesAllDigits(String number, String plain) {
        assertThat(Decimals.plain(new BigDecimal(number))).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e1001", "1e-1001", "1e999999999", "-1e-999999999", "0e2147483647"})
    void plain_rejectsLargeExponents(String number) {
        assertThatThrownBy(() -> Decimals.plain(new BigDecimal(number)))
                .isInstanceOf(ArithmeticException.class)
                .hasMessage("expected a number of at most 1000 digits with an exponent within ±1000");
    }

    @Test
    void bounds_areInclusive() {
        assertThat(Decimals.plain(new BigDecimal("1e1000"))).hasSize(1001);
        assertThat(Decimals.plain(new BigDecimal("9".repeat(1000)))).hasSize(1000);
        assertThat(Decimals.isLarge(new BigDecimal("9".repeat(1001)))).isTrue();
    }

    @Test
    void parse_rejectsLongTexts_withoutParsingThem() {
        assertThat(Decimals.parse("1e5")).isEqualByComparingTo("100000");
        assertThatThrownBy(() -> Decimals.parse("1".repeat(1_000_000)))
                .isInstanceOf(NumberFormatException.class)
                .hasMessage("found 1000000 characters, expected at most 1000");
    }
}
