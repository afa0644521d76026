package io.wadi.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The options of a benchmark, read one after the other; errors have a message, and the help where it helps. */
final class Arguments {
    private final List<String> args;
    private final String help;
    private int next;

    Arguments(List<String> args, String help) {
        this.args = args;
        this.help = help;
    }

    /** Whether there is another option. */
    boolean hasNext() {
        return next < args.size();
    }

    /** The next option's name. */
    String next() {
        return args.get(next++);
    }

    /** The value that the option just read must have. */
    String value() {
        if (!hasNext()) {
            throw new IllegalArgumentException(option() + " needs a value.\n" + help);
        }
        return next();
    }

    /** The option's value, cut at its commas. */
    List<String> values() {
        return Arrays.asList(value().split(",", -1));
    }

    /** The option's value as a whole number of at least this much. */
    long number(long least) {
        String option = option();
        return number(option, value(), least);
    }

    /** The option's value as whole numbers of at least this much, with commas between them. */
    List<Long> numbers(long least) {
        String option = option();
        return values().stream().map(each -> number(option, each, least)).toList();
    }

    /** The error for an unknown option just read. */
    IllegalArgumentException unknown() {
        return new IllegalArgumentException("There is no option \"" + option() + "\".\n" + help);
    }

    /** The one of all that is labelled so; the mistake of an option that names none has them all. */
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
