package io.wadi.format;

import java.math.BigDecimal;

/**
 * Bounds on decimal numbers from clients. A few characters such as {@code 1e999999999} name a number of a billion digits;
 * arithmetic on it, and writing it without an exponent, takes memory and time for every digit.
 */
public final class Decimals {
    /** The most digits of a number, and the most zeros that its exponent stands for. */
    public static final int MAX_DIGITS = 1000;

    /** As many bits as {@value #MAX_DIGITS} digits take: quicker to look at than the digits of a very large number. */
    private static final int MAX_BITS = 3322;

    private Decimals() {}

    /** Whether the number has more than {@value #MAX_DIGITS} digits, or an exponent beyond ±{@value #MAX_DIGITS}. */
    public static boolean isLarge(BigDecimal number) {
        return Math.abs((long) number.scale()) > MAX_DIGITS
                || number.unscaledValue().bitLength() > MAX_BITS
                || number.precision() > MAX_DIGITS;
    }

    /**
     * The same number.
     *
     * @throws ArithmeticException where the number {@linkplain #isLarge is large}
     */
    public static BigDecimal requireBounded(BigDecimal number) {
        if (isLarge(number)) {
            throw new ArithmeticException("expected a number of at most %d digits with an exponent within ±%d"
                    .formatted(MAX_DIGITS, MAX_DIGITS));
        }
        return number;
    }

    /**
     * The number in decimal digits, without an exponent: at most 2,002 characters.
     *
     * @throws ArithmeticException where the number {@linkplain #isLarge is large}
     */
    public static String plain(BigDecimal number) {
        return requireBounded(number).toPlainString();
    }

    /**
     * The number that a text says. Unlike {@link BigDecimal#BigDecimal(String)}, the time it takes is bounded.
     *
     * @throws NumberFormatException where the text is no number, or has more than {@value #MAX_DIGITS} characters
     */
    public static BigDecimal parse(String text) {
        if (text.length() > MAX_DIGITS) {
            throw new NumberFormatException(
                    "found %d characters, expected at most %d".formatted(text.length(), MAX_DIGITS));
        }
        return new BigDecimal(text);
    }
}
