package io.wadi.runtime.reload;

import io.wadi.kafka.Causes;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.ResolveEndpointFailedException;

/** Rewords Camel's exceptions as short reasons, with suggestions for unknown names. */
final class CamelErrors {
    private static final Pattern UNKNOWN_PARAMETERS = Pattern.compile("Unknown parameters=\\[\\{(.*)}]");
    private static final Pattern UNKNOWN_SCHEME = Pattern.compile("No endpoint could be found for: ([\\w-]+).*");
    private static final Pattern UNKNOWN_BEAN =
            Pattern.compile("No bean could be found in the registry for: (\\S+?)(?: of type: .*|\\. Cause: .*)?");
    private static final Pattern UNKNOWN_LANGUAGE = Pattern.compile("No language could be found for: (\\S+)");
    private static final Pattern UNKNOWN_PROPERTY = Pattern.compile("Property with key \\[([^]]+)] not found.*");

    private final NameSuggestions suggestions;

    CamelErrors(CamelContext context) {
        suggestions = new NameSuggestions(context);
    }

    /** Returns the reason of the innermost cause. */
    String of(Throwable e) {
        Throwable cause = Causes.innermost(e);
        String message = cause.getMessage();
        // The message of these errors is only the name of the missing class.
        boolean isClass = cause instanceof LinkageError || cause instanceof ClassNotFoundException;
        if (message == null || isClass) {
            return Causes.inShort(cause);
        }
        return reworded(message.lines().findFirst().orElse(""), address(e));
    }

    /** Returns the error for an unknown YAML key. */
    String unknown(RouteFileEntry.Key key) {
        String kind =
                switch (key.parent()) {
                    case "" -> "entry";
                    case "steps" -> "step";
                    default -> "option of " + key.parent();
                };
        return "there is no %s %s%s".formatted(kind, key.name(), suggestions.key(key));
    }

    private static String address(Throwable e) {
        return Causes.among(e, ResolveEndpointFailedException.class)
                .map(ResolveEndpointFailedException::getUri)
                .orElse("");
    }

    /** Returns a message without the resolved URI at the beginning of Camel's message, since it may contain secrets. */
    private String reworded(String message, String address) {
        Matcher parameters = UNKNOWN_PARAMETERS.matcher(message);
        if (parameters.find()) {
            return Arrays.stream(parameters.group(1).split(", ", -1))
                    .map(parameter -> parameter.replaceFirst("=.*", ""))
                    .map(name -> "there is no parameter " + name + suggestions.parameter(name, address))
                    .collect(Collectors.joining("; "));
        }
        Matcher scheme = UNKNOWN_SCHEME.matcher(message);
        if (scheme.matches()) {
            return "there is no component %s%s".formatted(scheme.group(1), suggestions.scheme(scheme.group(1)));
        }
        Matcher bean = UNKNOWN_BEAN.matcher(message);
        if (bean.matches()) {
            return "there is no bean %s%s".formatted(bean.group(1), suggestions.bean(bean.group(1)));
        }
        Matcher language = UNKNOWN_LANGUAGE.matcher(message);
        if (language.matches()) {
            return "there is no language %s%s".formatted(language.group(1), suggestions.language(language.group(1)));
        }
        Matcher property = UNKNOWN_PROPERTY.matcher(message);
        if (property.find()) {
            return "there is no property %s%s".formatted(property.group(1), suggestions.property(property.group(1)));
        }
        return message.replaceFirst("^Failed to resolve endpoint: .* due to: ", "")
                .replaceAll("\\?\\S*=\\S*", "");
    }

    /** Returns the messages of the exception and all causes. */
    static String whole(Throwable e) {
        StringBuilder message = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            message.append(cause.getMessage()).append('\n');
        }
        return message.toString();
    }
}
