package io.wadi.local.soak;

import io.wadi.runtime.config.Units;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * The options of {@code ./wadi soak}.
 *
 * @param length the duration of the load
 * @param rate the maximum events per second of the day
 * @param seed the seed of the faults; the same seed and length give the same plan
 * @param report the directory for the report
 */
record SoakOptions(Duration length, int rate, long seed, Path report) {
    static final String USAGE = "Usage: ./wadi soak [--for 1h] [--rate 200] [--seed N] [--report DIR]";

    private static final Duration SHORTEST = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final int HIGHEST = 2_000;

    /**
     * Reads the command line.
     *
     * @param seed the default seed
     * @param here the current directory, for relative report directories
     * @param reports the parent of the default report directory, which is named by the seed
     * @throws IllegalArgumentException if an option is invalid
     */
    static SoakOptions parse(List<String> arguments, long seed, Path here, Path reports) {
        Duration length = Duration.ofHours(1);
        int rate = 200;
        long chosen = seed;
        Path report = null;
        Deque<String> left = new ArrayDeque<>(arguments);
        while (!left.isEmpty()) {
            String option = left.remove();
            switch (option) {
                case "--for" -> length = length(value(option, left));
                case "--rate" -> rate = (int) number(option, value(option, left), 1, HIGHEST);
                case "--seed" -> chosen = number(option, value(option, left), 0, Long.MAX_VALUE);
                case "--report" -> report = here.resolve(value(option, left)).normalize();
                default -> throw new IllegalArgumentException("Unknown option \"" + option + "\". " + USAGE);
            }
        }
        return new SoakOptions(length, rate, chosen, report == null ? reports.resolve("seed-" + chosen) : report);
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException("A value is missing after " + option + ". " + USAGE);
        }
        return left.remove();
    }

    private static Duration length(String text) {
        try {
            Duration length = Units.duration(text);
            if (length.compareTo(SHORTEST) >= 0 && length.compareTo(LONGEST) <= 0) {
                return length;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--for: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("--for is \"" + text + "\", expected a duration from 60s to 7d.");
    }

    private static long number(String option, String text, long least, long most) {
        if (!text.matches("\\d{1,18}") || Long.parseLong(text) < least || Long.parseLong(text) > most) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT, "%s is \"%s\", expected a whole number from %d to %d.", option, text, least, most));
        }
        return Long.parseLong(text);
    }
}
