package io.wadi.management.page;

import io.wadi.runtime.config.Secrets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ModelToYAMLDumper;
import org.apache.camel.support.PluginHelper;

/** What each route does, as it runs now, in the words of a route file. Thread-safe. */
public final class RouteText {
    private final ModelCamelContext context;

    /** Takes the context whose routes are told. */
    public RouteText(ModelCamelContext context) {
        this.context = context;
    }

    /**
     * The route as {@code yaml}, with its placeholders and without secrets, and {@code source}: where it was read from, {@code
     * file:line}.
     *
     * @throws IllegalArgumentException where there is no such route
     */
    Map<String, Object> of(String id) throws Exception {
        RouteDefinition definition = id == null ? null : context.getRouteDefinition(id);
        Route route = id == null ? null : context.getRoute(id);
        if (definition == null || route == null) {
            throw new IllegalArgumentException("there is no route " + id);
        }
        ModelToYAMLDumper dumper = PluginHelper.getModelToYAMLDumper(context);
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("id", id);
        text.put("source", route.getSourceLocationShort());
        text.put("yaml", Secrets.hideIn(dumper.dumpModelAsYaml(context, definition, false, true, false, false)));
        return text;
    }
}
