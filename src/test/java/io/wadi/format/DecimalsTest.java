package io.wadi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
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

    @ParameterizedTest
    @CsvSource({
        "1e900, 0.01, true",
        "1e900, 7, false",
        "-7e900, 7, true",
        "1e-900, 0.01, false",
        "1e-900, 1e-901, true",
        "12.34, 0.01, true",
        "12.345, 0.01, false",
        "-0.5, 0.25, true",
        "0.25, 0.5, false",
        "15, 10, false",
        "30, 1e1, true",
        "0e2147483647, 3, true"
    })
    void multiples_areDeterminedExactly(String number, String divisor, boolean isMultiple) {
        assertThat(Decimals.isMultiple(new BigDecimal(number), new BigDecimal(divisor)))
                .isEqualTo(isMultiple);
    }

    @Test
    void results_areThoseOfBigDecimal() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            BigDecimal number = number(random);
            BigDecimal divisor = BigDecimal.valueOf(1 + random.nextInt(1000), random.nextInt(21) - 10);

            assertThat(Decimals.stripTrailingZeros(number)).isEqualTo(number.stripTrailingZeros());
            assertThat(Decimals.isIntegral(number))
                    .isEqualTo(number.stripTrailingZeros().scale() <= 0);
            assertThat(Decimals.isMultiple(number, divisor))
                    .isEqualTo(number.remainder(divisor).signum() == 0);
            assertThat(Decimals.isMultiple(number.multiply(divisor), divisor)).isEqualTo(Decimals.isIntegral(number));
        }
    }

    private static BigDecimal number(Random random) {
        BigInteger digits = new BigInteger(random.nextInt(80), random).multiply(BigInteger.TEN.pow(random.nextInt(40)));
        BigDecimal number = new BigDecimal(digits, random.nextInt(81) - 40);
        return random.nextBoolean() ? number : number.negate();
    }

    @Test
    void trailingZeros_areRemoved_unlessTheExponentWouldBeTooLarge() {
        assertThat(Decimals.stripTrailingZeros(new BigDecimal("1" + "0".repeat(999) + ".0")))
                .isEqualTo(new BigDecimal("1e999"));
        assertThat(Decimals.stripTrailingZeros(new BigDecimal("100e2147483647")))
                .isEqualTo(new BigDecimal(BigInteger.TEN, Integer.MIN_VALUE));
    }
}
