package io.wadi.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Collects the errors of several components' settings, so that they are reported together. */
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
     * @throws SettingsException with all errors, in the order they were found
     */
    public void throwIfAny() {
        if (!found.isEmpty()) {
            throw new SettingsException(found);
        }
    }
}
