package io.wadi.runtime.config;

import java.util.List;

/** Thrown for an invalid configuration. It contains all errors, and has no stack trace. */
public final class SettingsException extends RuntimeException {
    private final transient List<String> mistakes;

    public SettingsException(List<String> mistakes) {
        super(String.join(System.lineSeparator(), mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    /** Returns the errors, one line each: property, value found, expected values. */
    public List<String> mistakes() {
        return mistakes;
    }
}
