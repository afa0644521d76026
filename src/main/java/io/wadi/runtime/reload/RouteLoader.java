package io.wadi.runtime.reload;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Loads entries of route files into a Camel context. */
record RouteLoader(ModelCamelContext context) {
    List<RouteBuilder> load(RouteFileEntries items, String file, Collection<RouteFileEntry> wanted) throws Exception {
        Collection<RoutesBuilder> found = PluginHelper.getRoutesLoader(context)
                .findRoutesBuilders(List.of(ResourceHelper.fromString(file, items.textOf(file, wanted))));
        return found.stream().map(RouteBuilder.class::cast).toList();
    }

    /** Replaces the configurations and templates of a change, not its routes. */
    void replaceShared(RouteChange change) throws Exception {
        for (RouteFileEntry item : change.removed()) {
            if (item.isTemplate()) {
                context.removeRouteTemplateDefinitions(item.id());
            } else if (item.isConfiguration()) {
                RouteConfigurationDefinition old = context.getRouteConfigurationDefinition(item.id());
                if (old != null) {
                    context.removeRouteConfiguration(old);
                }
            }
        }
        for (RouteBuilder builder : loadAdded(change, RouteFileEntry::isConfiguration)) {
            ((RouteConfigurationBuilder) builder).addRouteConfigurationsToCamelContext(context);
        }
        for (RouteBuilder builder : loadAdded(change, RouteFileEntry::isTemplate)) {
            builder.addRoutesToCamelContext(context);
        }
    }

    private List<RouteBuilder> loadAdded(RouteChange change, Predicate<RouteFileEntry> kind) throws Exception {
        List<RouteFileEntry> added = change.added().stream().filter(kind).toList();
        List<RouteBuilder> builders = new ArrayList<>();
        for (String file : added.stream().map(RouteFileEntry::file).distinct().toList()) {
            builders.addAll(load(change.after(), file, added));
        }
        return builders;
    }
}
