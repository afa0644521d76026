package io.wadi.format;

import java.math.BigDecimal;

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
}
