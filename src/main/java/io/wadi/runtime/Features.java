package io.wadi.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** All features on the class path. Thread-safe. */
public final class Features {
    private static final ServiceLoader<Feature> LOADER =
            ServiceLoader.load(Feature.class, Feature.class.getClassLoader());

    private Features() {}

    /**
     * Returns all features in the order of the class path.
     *
     * @throws SettingsException if a feature cannot be loaded
     */
    public static synchronized List<Feature> all() {
        List<Feature> all = new ArrayList<>();
        try {
            LOADER.forEach(all::add);
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new SettingsException(List.of(
                    "A feature on the class path cannot be loaded: %s (%s)".formatted(e.getMessage(), broken())));
        }
        return all;
    }

    /** Returns whether a feature is part of Wadi's own jar. */
    static boolean isShipped(Feature feature) {
        return location(feature.getClass()).equals(location(Features.class));
    }

    /** Returns the name of a feature's class, and the jar of a feature that is not part of Wadi. */
    static String describe(Feature feature) {
        String name = feature.getClass().getName();
        return isShipped(feature) ? name : name + " of " + location(feature.getClass());
    }

    private static String location(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "" : source.getLocation().getPath();
    }

    /** Returns the jars with a feature that cannot be loaded. */
    private static String broken() {
        try {
            return Feature.class
                    .getClassLoader()
                    .resources("META-INF/services/" + Feature.class.getName())
                    .filter(names -> !canBeLoaded(names))
                    .map(names ->
                            names.toString().replaceFirst("^jar:file:", "").replaceFirst("!.*", ""))
                    .collect(Collectors.joining(", "));
        } catch (UncheckedIOException e) {
            return e.getMessage();
        }
    }

    private static boolean canBeLoaded(URL names) {
        try (InputStream file = names.openStream()) {
            for (String line : new String(file.readAllBytes(), UTF_8).lines().toList()) {
                String name = line.replaceFirst("#.*", "").strip();
                if (!name.isEmpty()) {
                    Class.forName(name).getConstructor().newInstance();
                }
            }
            return true;
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            return false;
        }
    }

    /**
     * Returns the settings of the pipeline and of all features.
     *
     * @throws SettingsException if two settings have the same name, or a feature or its settings cannot be loaded
     */
    public static List<Setting<?>> settings() {
        List<Setting<?>> settings = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        List<String> mistakes = new ArrayList<>();
        add(WadiSettings.ALL, "Wadi", settings, owners, mistakes);
        for (Feature each : all()) {
            try {
                add(each.settings(), each.getClass().getName(), settings, owners, mistakes);
            } catch (RuntimeException | LinkageError e) {
                mistakes.add("The settings of the feature %s cannot be read: %s"
                        .formatted(describe(each), Causes.inShort(e)));
            }
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
                mistakes.add("%s: declared by both %s and %s, expected one declaration"
                        .formatted(each.name(), other, owner));
            }
            settings.add(each);
        }
    }
}
