package io.wadi.runtime.http;

import io.vertx.core.http.HttpHeaders;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * The {@code Date} header, which RFC 9110, section 6.6.1, requires in the responses of servers with a clock. Its value
 * is formatted once a second. Thread-safe.
 */
public final class DateHeader {
    /** The header's name. */
    public static final CharSequence NAME = HttpHeaders.DATE;

    /** Unlike in the JDK's format of RFC 1123, the day always has two digits. */
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static volatile Value last = Value.of(0);

    private DateHeader() {}

    private record Value(long second, CharSequence text) {
        static Value of(long second) {
            return new Value(second, HttpHeaders.createOptimized(FORMAT.format(Instant.ofEpochSecond(second))));
        }
    }

    /** Returns the header's value for a response that is sent now. */
    public static CharSequence now() {
        long second = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
        Value value = last;
        if (value.second != second) {
            value = Value.of(second);
            last = value;
        }
        return value.text;
    }
}
