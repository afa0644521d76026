package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import java.util.List;

/**
 * A feature of the pipeline: its settings, and the beans, components, health checks and meters that it binds. An
 * implementation has a public constructor without parameters and is found by {@link java.util.ServiceLoader}, also in
 * additional jars. It depends on no other feature.
 */
public interface Feature {
    /** Returns the feature's settings; none by default. No other feature may declare a setting of the same name. */
    default List<Setting<?>> settings() {
        return List.of();
    }

    /**
     * Binds the beans that routes reference. Called at every start, so it opens no connection and starts no thread;
     * both happen when a route that uses the feature starts.
     *
     * @throws SettingsException if its settings have errors; the exception contains all of them
     */
    void bind(FeatureContext context);
}
