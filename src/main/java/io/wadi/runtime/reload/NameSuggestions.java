package io.wadi.runtime.reload;

import io.wadi.runtime.Features;
import io.wadi.runtime.config.NearestName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.spi.FactoryFinder;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.SimpleRegistry;
import org.apache.camel.util.StringHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Suggests names of a Camel context for unknown names in route files. */
record NameSuggestions(CamelContext context) {
    private static final Logger LOG = LoggerFactory.getLogger(NameSuggestions.class);
    private static final String LANGUAGES = "META-INF/services/org/apache/camel/language/";

    /** Suggests a parameter of an endpoint. */
    String parameter(String name, String address) {
        String scheme = StringHelper.before(address, ":", address);
        EndpointUriFactory factory = context.getCamelContextExtension().getEndpointUriFactory(scheme);
        return NearestName.question(name, factory == null ? setters(scheme, address) : factory.propertyNames());
    }

    /**
     * Returns the endpoint properties of a component that lists no parameters, such as Wadi's own components. Creates a
     * temporary endpoint to read its setters.
     */
    private Set<String> setters(String scheme, String address) {
        Component component = context.getRegistry().lookupByNameAndType(scheme, Component.class);
        if (component == null) {
            return Set.of();
        }
        try {
            Endpoint endpoint = component.createEndpoint(StringHelper.before(address, "?", address));
            return Arrays.stream(PluginHelper.getBeanIntrospection(context).cacheClass(endpoint.getClass()).methods)
                    .filter(method -> Boolean.TRUE.equals(method.isSetter))
                    .map(method -> method.getterOrSetterShorthandName)
                    .collect(Collectors.toSet());
        } catch (Exception e) {
            LOG.debug("The parameters of {} are unknown", address, e);
            return Set.of();
        }
    }

    /** Suggests a YAML key. */
    String key(RouteFileEntry.Key key) {
        return NearestName.question(key.name(), CamelYamlSchema.read().below(key.parent()));
    }

    /** Suggests an available language. */
    String language(String name) {
        FactoryFinder found = context.getCamelContextExtension().getFactoryFinder(LANGUAGES);
        Set<String> names = CamelYamlSchema.read().languages().stream()
                .filter(each -> found.findClass(each).isPresent())
                .collect(Collectors.toSet());
        return NearestName.question(name, names);
    }

    String scheme(String name) {
        Set<String> names = new HashSet<>(context.getComponentNames());
        names.addAll(context.getRegistry().findByTypeWithName(Component.class).keySet());
        return NearestName.question(name, names);
    }

    /** Suggests a bean, without creating beans. */
    String bean(String name) {
        Registry registry = context.getRegistry();
        return registry instanceof DefaultRegistry composed
                        && composed.getFallbackRegistry() instanceof SimpleRegistry bound
                ? NearestName.question(name, bound.keySet())
                : "";
    }

    String property(String name) {
        Set<String> names =
                new HashSet<>(context.getPropertiesComponent().loadProperties().stringPropertyNames());
        Features.settings().forEach(setting -> names.add(setting.name()));
        return NearestName.question(name, names);
    }
}
