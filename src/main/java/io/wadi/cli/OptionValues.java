package io.wadi.cli;

import io.wadi.kafka.groups.ResetTarget;
import io.wadi.runtime.config.Units;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converters of option values. Their error messages follow the option's name:
 * {@code --max is "few", expected a whole number}.
 */
final class OptionValues {
    private OptionValues() {}

    /** Returns the error for an invalid value; {@code expected} is a phrase such as "a whole number". */
    static TypeConversionException invalid(String value, String expected) {
        return new TypeConversionException(" is \"%s\", expected %s".formatted(value, expected));
    }

    /** Converts a value with a parser, which throws an exception of invalid arguments, numbers or times. */
    abstract static class Parsed<T> implements ITypeConverter<T> {
        private final Function<String, T> parser;
        private final String expected;

        Parsed(Function<String, T> parser, String expected) {
            this.parser = parser;
            this.expected = expected;
        }

        @Override
        public T convert(String value) {
            try {
                return parser.apply(value);
            } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
                throw invalid(value, expected);
            }
        }
    }

    /** Converts a whole number in a range. */
    static class Range extends Parsed<Long> {
        Range(long least, long most, String expected) {
            super(text -> Units.inRange(Long.valueOf(Units.matching(text, "\\d{1,18}")), least, most), expected);
        }
    }

    /** Converts a whole number of up to nine digits. */
    static final class Whole extends Range {
        Whole() {
            super(0, 999_999_999, "a whole number");
        }
    }

    /** Converts a whole number of up to 18 digits. */
    static final class Offset extends Range {
        Offset() {
            super(0, Long.MAX_VALUE, "a whole number");
        }
    }

    /** Converts a duration such as {@code 30s}. A much longer one would exceed the range of times. */
    static final class Wait extends Parsed<Duration> {
        Wait() {
            super(
                    text -> Units.inRange(Units.duration(text), Duration.ZERO, Duration.ofDays(365)),
                    "a duration such as 30s, of at most 365d");
        }
    }

    /** Converts a size such as {@code 64KiB} to bytes. */
    static final class Size extends Parsed<Long> {
        Size() {
            super(Units::bytes, "a size such as 64KiB or 128MiB");
        }
    }

    /** Converts an offset, a time, {@code earliest} or {@code latest}. */
    static final class StartOffset implements ITypeConverter<ResetTarget> {
        @Override
        public ResetTarget convert(String value) {
            try {
                return ResetTarget.parse(value, Instant.now());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(" is " + e.getMessage());
            }
        }
    }

    /** Converts a time, or a duration before now. */
    static final class Time implements ITypeConverter<Instant> {
        @Override
        public Instant convert(String value) {
            try {
                return Units.time(value, Instant.now());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(" is " + e.getMessage());
            }
        }
    }
}
