package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** All features on the class path. Thread-safe. */
public final class Features {
    private static final ServiceLoader<Feature> LOADER =
            ServiceLoader.load(Feature.class, Feature.class.getClassLoader());

    private Features() {}

    /**
     * Each once, in the order of the class path.
     *
     * @throws SettingsException where a jar names a feature that cannot be loaded
     */
    public static synchronized List<Feature> all() {
        List<Feature> all = new ArrayList<>();
        try {
            LOADER.forEach(all::add);
        } catch (ServiceConfigurationError e) {
            throw new SettingsException(List.of("A feature on the class path cannot be loaded: " + e.getMessage()));
        }
        return all;
    }

    /**
     * The settings of the pipeline and of all features.
     *
     * @throws SettingsException where two of them have one name, or a feature cannot be loaded
     */
    public static List<Setting<?>> settings() {
        List<Setting<?>> settings = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        List<String> mistakes = new ArrayList<>();
        add(WadiSettings.ALL, "Wadi", settings, owners, mistakes);
        for (Feature each : all()) {
            add(each.settings(), each.getClass().getName(), settings, owners, mistakes);
        }
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        return settings;
    }

    private static void add(
            List<Setting<?>> own,
            String owner,
            List<Setting<?>> settings,
            Map<String, String> owners,
            List<String> mistakes) {
        for (Setting<?> each : own) {
            String other = owners.putIfAbsent(each.name(), owner);
            if (other != null) {
                mistakes.add("%s: declared by %s and by %s, expected: by one".formatted(each.name(), other, owner));
            }
            settings.add(each);
        }
    }
}
