package io.wadi.management.page;

import io.wadi.runtime.config.Secrets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Route;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ModelToYAMLDumper;
import org.apache.camel.support.PluginHelper;

/** The running definition of each route as YAML. Thread-safe. */
public final class RouteText {
    private final ModelCamelContext context;

    public RouteText(ModelCamelContext context) {
        this.context = context;
    }

    /**
     * Returns the route as {@code yaml}, with its placeholders and without secrets, and its {@code source}, {@code file:line}.
     *
     * @throws IllegalArgumentException if the route does not exist
     */
    Map<String, Object> of(String id) throws Exception {
        RouteDefinition definition = id == null ? null : context.getRouteDefinition(id);
        Route route = id == null ? null : context.getRoute(id);
        if (definition == null || route == null) {
            throw new IllegalArgumentException("route " + id + " does not exist");
        }
        ModelToYAMLDumper dumper = PluginHelper.getModelToYAMLDumper(context);
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("id", id);
        text.put("source", route.getSourceLocationShort());
        text.put("yaml", Secrets.hideIn(dumper.dumpModelAsYaml(context, definition, false, true, false, false)));
        return text;
    }
}
