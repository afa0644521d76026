package io.wadi.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Gathers the mistakes in several parts' settings, so that all of them are said together. */
public final class ConfigurationErrors {
    private final List<String> found = new ArrayList<>();

    /** Makes a part; null where its settings have mistakes, which are kept. */
    public <T> T gather(Supplier<T> part) {
        try {
            return part.get();
        } catch (SettingsException e) {
            found.addAll(e.mistakes());
            return null;
        }
    }

    /**
     * Goes on where there are none.
     *
     * @throws SettingsException with all of them, in the order they were found
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new SettingsException(found);
        }
    }
}
