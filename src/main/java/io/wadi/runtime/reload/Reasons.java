package io.wadi.runtime.reload;

import io.wadi.kafka.Causes;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;

/** What an exception says, for a person, and the name that was meant where one is near. */
final class Reasons {
    private static final Pattern UNKNOWN_PARAMETERS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");
    private static final Pattern UNKNOWN_SCHEME = Pattern.compile("No endpoint could be found for: ([\\w-]+).*");
    private static final Pattern UNKNOWN_BEAN =
            Pattern.compile("No bean could be found in the registry for: (\\S+?)(?: of type: .*|\\. Cause: .*)?");
    private static final Pattern UNKNOWN_LANGUAGE = Pattern.compile("No language could be found for: (\\S+)");
    private static final Pattern UNKNOWN_PROPERTY = Pattern.compile("Property with key \\[([^]]+)] not found.*");

    private final NameSuggestions near;

    Reasons(CamelContext context) {
        near = new NameSuggestions(context);
    }

    /** What its innermost cause says. */
    String of(Throwable e) {
        String said = Causes.innermost(e).getMessage();
        if (said == null) {
            return Causes.innermost(e).getClass().getSimpleName();
        }
        return reworded(said.lines().findFirst().orElse(""), address(e));
    }

    /** That a word of route files is none where it stands. */
    String unknown(RouteFileEntry.Word word) {
        String kind =
                switch (word.below()) {
                    case "" -> "entry";
                    case "steps" -> "step";
                    default -> "option of " + word.below();
                };
        return "there is no %s %s%s".formatted(kind, word.name(), near.word(word));
    }

    private static String address(Throwable e) {
        return Causes.among(e, ResolveEndpointFailedException.class)
                .map(ResolveEndpointFailedException::getUri)
                .orElse("");
    }

    /** Camel shows a whole address with all that has been put into it, and only then what is wrong. */
    private String reworded(String said, String address) {
        Matcher parameters = UNKNOWN_PARAMETERS.matcher(said);
        if (parameters.find()) {
            return Arrays.stream(parameters.group(1).split(", ", -1))
                    .map(parameter -> parameter.replaceFirst("=.*", ""))
                    .map(name -> "there is no parameter " + name + near.parameter(name, address))
                    .collect(Collectors.joining("; "));
        }
        Matcher scheme = UNKNOWN_SCHEME.matcher(said);
        if (scheme.matches()) {
            return "there is no component %s%s".formatted(scheme.group(1), near.scheme(scheme.group(1)));
        }
        Matcher bean = UNKNOWN_BEAN.matcher(said);
        if (bean.matches()) {
            return "there is no bean %s%s".formatted(bean.group(1), near.bean(bean.group(1)));
        }
        Matcher language = UNKNOWN_LANGUAGE.matcher(said);
        if (language.matches()) {
            return "there is no language %s%s".formatted(language.group(1), near.language(language.group(1)));
        }
        Matcher property = UNKNOWN_PROPERTY.matcher(said);
        if (property.find()) {
            return "there is no property %s%s".formatted(property.group(1), near.property(property.group(1)));
        }
        return said.replaceFirst("^Failed to resolve endpoint: .* due to: ", "").replaceAll("\\?\\S*=\\S*", "");
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
