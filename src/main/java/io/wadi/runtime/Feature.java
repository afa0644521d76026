package io.wadi.runtime;

import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import java.util.List;

/**
 * A capability of the pipeline: its settings, and the beans, components, health checks and meters that it binds. It has a public
 * constructor without parameters and is found by {@link java.util.ServiceLoader}, so one in a jar of its own is a part of the
 * pipeline too. It depends on no other feature.
 */
public interface Feature {
    /** All settings of its own, declared once. */
    List<Setting<?>> settings();

    /**
     * Binds what its routes name. It is bound in every start, so it opens no connection and starts no thread: what does is done
     * when a route that uses it starts.
     *
     * @throws SettingsException with all mistakes in its settings
     */
    void bind(FeatureContext context);
}
