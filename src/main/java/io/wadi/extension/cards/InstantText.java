package io.wadi.extension.cards;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;

/**
 * A parser of times such as {@code 2026-11-20T12:34:56.789Z}. It has the results of {@link Instant#parse}, which took a
 * twelfth of the processing time of a payment, but is faster.
 */
final class InstantText {
    private static final int DATE = 10;
    private static final int SECONDS_END = 19;
    private static final int MOST_DIGITS = 9;
    private static final long SECONDS_A_DAY = 86_400;

    private InstantText() {}

    /**
     * Returns the milliseconds since 1970, truncated.
     *
     * @throws DateTimeException if the text is not a time
     * @throws ArithmeticException if the time does not fit into milliseconds
     */
    static long millis(String text) {
        if (!isPlain(text)) {
            return Instant.parse(text).toEpochMilli();
        }
        LocalDate date = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, DATE));
        LocalTime time = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, SECONDS_END));
        return (date.toEpochDay() * SECONDS_A_DAY + time.toSecondOfDay()) * 1000 + fraction(text);
    }

    private static boolean isPlain(String text) {
        int last = text.length() - 1;
        boolean isLength = last == SECONDS_END || (last > SECONDS_END + 1 && last <= SECONDS_END + 1 + MOST_DIGITS);
        if (!isLength || text.charAt(last) != 'Z') {
            return false;
        }
        for (int i = 0; i < last; i++) {
            char digit = text.charAt(i);
            boolean isAsExpected =
                    switch (i) {
                        case 4, 7 -> digit == '-';
                        case DATE -> digit == 'T';
                        case 13, 16 -> digit == ':';
                        case SECONDS_END -> digit == '.';
                        default -> digit >= '0' && digit <= '9';
                    };
            if (!isAsExpected) {
                return false;
            }
        }
        // Instant.parse handles hour 24 and leap seconds.
        return (text.charAt(11) < '2' || text.charAt(12) < '4') && text.charAt(17) < '6';
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text.charAt(i) - '0';
        }
        return number;
    }

    private static int fraction(String text) {
        int digits = 0;
        int millis = 0;
        for (int i = SECONDS_END + 1; i < text.length() - 1 && digits < 3; i++, digits++) {
            millis = millis * 10 + text.charAt(i) - '0';
        }
        for (; digits < 3; digits++) {
            millis *= 10;
        }
        return millis;
    }
}
