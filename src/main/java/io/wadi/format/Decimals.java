package io.wadi.format;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Limits for decimal numbers from clients. A few characters such as {@code 1e999999999} represent a number of a billion
 * digits; arithmetic with it, and writing it without an exponent, takes memory and time for every digit.
 */
public final class Decimals {
    /** Maximum number of digits, and maximum magnitude of the exponent. */
    public static final int MAX_DIGITS = 1000;

    /**
     * The number of bits of {@value #MAX_DIGITS} digits. Checked before the number of digits, which is slow to
     * determine for a very large number.
     */
    private static final int MAX_BITS = 3322;

    private Decimals() {}

    /**
     * Returns whether a number has more than {@value #MAX_DIGITS} digits, or an exponent beyond ±{@value #MAX_DIGITS}.
     */
    public static boolean isLarge(BigDecimal number) {
        return Math.abs((long) number.scale()) > MAX_DIGITS
                || number.unscaledValue().bitLength() > MAX_BITS
                || number.precision() > MAX_DIGITS;
    }

    /**
     * Returns the number unchanged.
     *
     * @throws ArithmeticException if the number {@linkplain #isLarge is large}
     */
    public static BigDecimal requireBounded(BigDecimal number) {
        if (isLarge(number)) {
            throw new ArithmeticException("expected a number of at most %d digits with an exponent within ±%d"
                    .formatted(MAX_DIGITS, MAX_DIGITS));
        }
        return number;
    }

    /**
     * Returns the number in decimal digits, without an exponent: at most 2,002 characters.
     *
     * @throws ArithmeticException if the number {@linkplain #isLarge is large}
     */
    public static String plain(BigDecimal number) {
        return requireBounded(number).toPlainString();
    }

    /**
     * Parses a number. Unlike {@link BigDecimal#BigDecimal(String)}, this takes limited time.
     *
     * @throws NumberFormatException if the text is not a number, or has more than {@value #MAX_DIGITS} characters
     */
    public static BigDecimal parse(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new NumberFormatException(
                    "found %d characters, expected at most %d".formatted(text.length(), MAX_DIGITS));
        }
        return new BigDecimal(text);
    }

    /**
     * Returns whether a number is an integral multiple of another one. {@link BigDecimal#remainder(BigDecimal)}
     * computes the quotient and divides it once for each of its zeros: for {@code 1e900} and 0.01 this is a thousand
     * divisions.
     *
     * @param divisor the other number, which is not zero
     */
    public static boolean isMultiple(BigDecimal number, BigDecimal divisor) {
        if (number.signum() == 0) {
            return true;
        }
        // Afterwards the number has at least as many digits as the scaled divisor.
        if (number.abs().compareTo(divisor.abs()) < 0) {
            return false;
        }
        BigInteger digits = number.unscaledValue();
        BigInteger by = divisor.unscaledValue().abs();
        long zeros = (long) divisor.scale() - number.scale();
        if (zeros < 0) {
            return digits.mod(by.multiply(BigInteger.TEN.pow(Math.toIntExact(-zeros))))
                            .signum()
                    == 0;
        }
        BigInteger power = BigInteger.TEN.modPow(BigInteger.valueOf(zeros), by);
        return digits.multiply(power).mod(by).signum() == 0;
    }

    /** Returns whether a number is integral, such as 1, 1.0 or 1e3. */
    public static boolean isIntegral(BigDecimal number) {
        return number.scale() <= 0 || isMultiple(number, BigDecimal.ONE);
    }

    /**
     * Returns an equal number without trailing zeros, for which {@link BigDecimal#stripTrailingZeros()} divides once
     * for each zero. Zeros remain if the exponent would exceed the limit of {@link BigDecimal}.
     */
    public static BigDecimal stripTrailingZeros(BigDecimal number) {
        if (number.signum() == 0) {
            return BigDecimal.ZERO;
        }
        BigInteger digits = number.unscaledValue();
        long scale = number.scale();
        for (int zeros = Integer.highestOneBit(number.precision()); zeros > 0 && !digits.testBit(0); zeros /= 2) {
            BigInteger[] quotient = digits.divideAndRemainder(BigInteger.TEN.pow(zeros));
            if (quotient[1].signum() == 0 && scale - zeros >= Integer.MIN_VALUE) {
                digits = quotient[0];
                scale -= zeros;
            }
        }
        return new BigDecimal(digits, (int) scale);
    }
}
