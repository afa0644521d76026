package io.wadi.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the errors in the settings of several components, so that they are reported together. */
public final class ConfigurationErrors {
    private final List<String> found = new ArrayList<>();

    /** Creates a component; returns null if its settings have errors, which are collected. */
    public <T> T collect(Supplier<T> component) {
        try {
            return component.get();
        } catch (SettingsException e) {
            found.addAll(e.mistakes());
            return null;
        }
    }

    /**
     * Checks that there were no errors.
     *
     * @throws SettingsException if there were errors; it contains all of them, in the order in which they were found
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new SettingsException(found);
        }
    }
}
