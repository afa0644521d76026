package io.wadi.bench;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the options of a benchmark one after another. Error messages include the help if it is useful. */
final class Arguments {
    private final List<String> args;
    private final String help;
    private int next;

    Arguments(List<String> args, String help) {
        this.args = args;
        this.help = help;
    }

    /** Returns whether there is another option. */
    boolean hasNext() {
        return next < args.size();
    }

    /** Returns the name of the next option. */
    String next() {
        return args.get(next++);
    }

    /** Returns the value of the option just read. */
    String value() {
        if (!hasNext()) {
            throw new IllegalArgumentException(option() + " needs a value.\n" + help);
        }
        return next();
    }

    /** Returns the option's values, which are different and separated by commas. */
    List<String> values() {
        String option = option();
        List<String> values = Arrays.asList(value().split(",", -1));
        for (String each : values) {
            if (Collections.frequency(values, each) > 1) {
                throw new IllegalArgumentException("%s: found \"%s\" twice, allowed once".formatted(option, each));
            }
        }
        return values;
    }

    /** Returns the option's value as a whole number that is not less than the minimum. */
    long number(long least) {
        String option = option();
        return number(option, value(), least);
    }

    /** Returns the option's values as whole numbers that are not less than the minimum. */
    List<Long> numbers(long least) {
        String option = option();
        return values().stream().map(each -> number(option, each, least)).toList();
    }

    /** Returns the error for an unknown option just read. */
    IllegalArgumentException unknown() {
        return new IllegalArgumentException("There is no option \"" + option() + "\".\n" + help);
    }

    /** Returns the value with a label; the error message for an unknown label lists all labels. */
    static <E> E named(String option, String label, E[] all, Function<E, String> labels) {
        return Arrays.stream(all)
                .filter(each -> labels.apply(each).equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s: there is no \"%s\", only %s"
                        .formatted(option, label, Arrays.stream(all).map(labels).collect(Collectors.joining(", ")))));
    }

    private String option() {
        return args.get(next - 1);
    }

    private static long number(String option, String given, long least) {
        String upper = given.toUpperCase(Locale.ROOT);
        long unit = upper.endsWith("M") ? 1_000_000 : upper.endsWith("K") ? 1_000 : 1;
        String digits = unit == 1 ? upper : upper.substring(0, upper.length() - 1);
        if (!digits.matches("\\d{1,9}") || Long.parseLong(digits) * unit < least) {
            throw new IllegalArgumentException(
                    "%s: found \"%s\", allowed from %d, as 500, 200k or 10M".formatted(option, given, least));
        }
        return Long.parseLong(digits) * unit;
    }
}
