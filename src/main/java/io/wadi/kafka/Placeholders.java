package io.wadi.kafka;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;

/** The placeholders in the definitions of routes. */
public final class Placeholders {
    private Placeholders() {}

    /**
     * Replaces the placeholders of a text in a route: properties, and the parameters of the route's template, which are
     * properties only while Camel creates the route. Empty if one is unknown, such as the name of a template's bean.
     */
    public static Optional<String> resolve(CamelContext context, RouteDefinition route, String text) {
        String replaced = text;
        if (route.getTemplateParameters() != null) {
            for (Map.Entry<String, Object> each : route.getTemplateParameters().entrySet()) {
                // {{name}}, {{?name}} or {{name:default}}; the default may contain placeholders.
                replaced = replaced.replaceAll(
                        "\\{\\{\\??" + Pattern.quote(each.getKey()) + "(:([^{}]|\\{\\{[^{}]*}})*)?}}",
                        Matcher.quoteReplacement(String.valueOf(each.getValue())));
            }
        }
        try {
            return Optional.of(context.resolvePropertyPlaceholders(replaced));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
