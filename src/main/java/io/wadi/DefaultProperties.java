package io.wadi;

import io.wadi.config.Setting;
import io.wadi.config.WadiSettings;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.Ordered;
import org.apache.camel.spi.PropertiesSource;

/** Gives routes the defaults of settings that are not set anywhere. */
final class DefaultProperties implements PropertiesSource, Ordered {
    private static final Map<String, String> DEFAULTS =
            WadiSettings.ALL.stream().collect(Collectors.toMap(Setting::name, Setting::defaultText));

    @Override
    public String getName() {
        return "wadi-defaults";
    }

    @Override
    public String getProperty(String name) {
        return DEFAULTS.get(name);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST;
    }
}
