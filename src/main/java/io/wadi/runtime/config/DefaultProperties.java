package io.wadi.runtime.config;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Ordered;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.spi.PropertiesSource;

/**
 * A property source with the defaults of settings, for placeholders in routes. It has the lowest precedence, below
 * Camel's initial properties.
 */
final class DefaultProperties implements PropertiesSource, Ordered {
    private final Map<String, String> defaults;
    private final PropertiesComponent properties;

    DefaultProperties(PropertiesComponent properties, Collection<Setting<?>> declared) {
        this.properties = properties;
        defaults = declared.stream().collect(Collectors.toMap(Setting::name, Setting::defaultText));
    }

    @Override
    public String getName() {
        return "wadi-defaults";
    }

    @Override
    public String getProperty(String name) {
        boolean given = properties.getInitialProperties() != null
                && properties.getInitialProperties().containsKey(name);
        return given ? null : defaults.get(name);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST;
    }
}
