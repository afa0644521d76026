package io.wadi.reload;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an exception says, for a person. */
final class Reasons {
    private static final Pattern UNKNOWN_PARAMETERS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");

    private Reasons() {}

    /** What its innermost cause says. */
    static String of(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String said = cause.getMessage();
        return said == null
                ? cause.getClass().getSimpleName()
                : withoutParameters(said.lines().findFirst().orElse(""));
    }

    /** Camel shows the whole address with all that has been put into it, and only then what is wrong. */
    private static String withoutParameters(String said) {
        Matcher unknown = UNKNOWN_PARAMETERS.matcher(said);
        if (unknown.find()) {
            return Arrays.stream(unknown.group(1).split(", ", -1))
                    .map(parameter -> parameter.replaceFirst("=.*", ""))
                    .collect(Collectors.joining(", ", "there is no parameter ", ""));
        }
        return said.replaceFirst("^Failed to resolve endpoint: .* due to: ", "")
                .replaceFirst(" in properties from text: .*", "")
                .replaceAll("\\?\\S*=\\S*", "");
    }

    /** What it and its causes say. */
    static String whole(Throwable e) {
        StringBuilder said = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            said.append(cause.getMessage()).append('\n');
        }
        return said.toString();
    }
}
