package io.wadi.reload;

import io.wadi.config.Nearest;
import io.wadi.config.WadiSettings;
import java.util.HashSet;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.SimpleRegistry;
import org.apache.camel.util.StringHelper;

/** Finds what a route file most likely meant by a name that is not there, among those that a context has. */
final class NearNames {
    private final CamelContext context;

    NearNames(CamelContext context) {
        this.context = context;
    }

    /** A parameter of the endpoint that an address names. */
    String parameter(String name, String address) {
        EndpointUriFactory factory =
                context.getCamelContextExtension().getEndpointUriFactory(StringHelper.before(address, ":", address));
        return factory == null ? "" : Nearest.question(name, factory.propertyNames());
    }

    /** The scheme of a component. */
    String scheme(String name) {
        Set<String> names = new HashSet<>(context.getComponentNames());
        names.addAll(context.getRegistry().findByTypeWithName(Component.class).keySet());
        return Nearest.question(name, names);
    }

    /** A bean; none is made. */
    String bean(String name) {
        Registry registry = context.getRegistry();
        return registry instanceof DefaultRegistry composed
                        && composed.getFallbackRegistry() instanceof SimpleRegistry bound
                ? Nearest.question(name, bound.keySet())
                : "";
    }

    /** A property. */
    String property(String name) {
        Set<String> names =
                new HashSet<>(context.getPropertiesComponent().loadProperties().stringPropertyNames());
        WadiSettings.ALL.forEach(setting -> names.add(setting.name()));
        return Nearest.question(name, names);
    }
}
