package io.wadi.runtime.reload;

import java.util.Collection;
import java.util.List;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Loads entries of route files into a Camel context. */
record RouteLoader(ModelCamelContext context) {
    private static List<String> filesOf(List<RouteFileEntry> items) {
        return items.stream().map(RouteFileEntry::file).distinct().toList();
    }

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
        List<RouteFileEntry> added =
                change.added().stream().filter(RouteFileEntry::isConfiguration).toList();
        for (String file : filesOf(added)) {
            for (RouteBuilder builder : load(change.after(), file, added)) {
                ((RouteConfigurationBuilder) builder).addRouteConfigurationsToCamelContext(context);
            }
        }
        List<RouteFileEntry> templates =
                change.added().stream().filter(RouteFileEntry::isTemplate).toList();
        for (String file : filesOf(templates)) {
            for (RouteBuilder builder : load(change.after(), file, templates)) {
                builder.addRoutesToCamelContext(context);
            }
        }
    }
}
