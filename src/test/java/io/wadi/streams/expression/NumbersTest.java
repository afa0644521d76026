package io.wadi.streams.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NumbersTest {
    private static final BigInteger LARGE = BigInteger.TEN.pow(400);

    @Test
    void wholeNumbers_becomeLongs_andOthersDoubles() {
        assertThat(Numbers.of(7)).isEqualTo(7L);
        assertThat(Numbers.of("7")).isEqualTo(7L);
        assertThat(Numbers.of(TextNode.valueOf(" 7.5 "))).isEqualTo(7.5);
        assertThat(Numbers.of(0.5)).isEqualTo(0.5);
        assertThat(Numbers.of(BigInteger.TWO.pow(70))).isEqualTo(Math.pow(2, 70));
    }

    static Stream<Object> numberBeyondTheRange_isRejected() {
        return Stream.of(
                Double.POSITIVE_INFINITY,
                Double.NaN,
                LARGE,
                new BigDecimal(LARGE),
                "1e400",
                JsonNodeFactory.instance.numberNode(Double.NEGATIVE_INFINITY));
    }

    /** The JSON number 1e400 is read as infinity, and a sum with it would stay infinite. */
    @ParameterizedTest
    @MethodSource
    void numberBeyondTheRange_isRejected(Object value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Numbers.of(value))
                .withMessageEndingWith(", expected a number");
    }

    /** "Expected a whole number" alone would describe the value that was found. */
    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "3.0", "1e3"})
    void wholeNumberThatIsNoLong_isRejectedWithTheReason(String number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueType.LONG.write(number))
                .withMessage("is %s, expected a whole number without a fraction or exponent, of up to 64 bits", number);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.MAX_VALUE, -Double.MAX_VALUE, 1e290, -1e290, 0})
    void sum_staysFiniteWithAnySummand(double sum) {
        assertThat(Numbers.sum(sum, Numbers.summand(1e290)).doubleValue()).isFinite();
        assertThat(Numbers.sum(sum, Numbers.summand(-1e290)).doubleValue()).isFinite();
    }

    @ParameterizedTest
    @ValueSource(doubles = {1.1e290, -1.1e290, Double.MAX_VALUE})
    void largeNumber_isNoSummand(double number) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Numbers.summand(number))
                .withMessage("is %s, expected a number from -1e290 to 1e290 to add up".formatted(number));
    }
}
