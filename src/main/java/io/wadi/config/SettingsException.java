package io.wadi.config;

import java.util.List;

/** The configuration cannot be used: every mistake in it, one line each. */
public final class SettingsException extends RuntimeException {
    private final transient List<String> mistakes;

    /** Takes the mistakes in the order they are to be shown in. */
    public SettingsException(List<String> mistakes) {
        super(String.join(System.lineSeparator(), mistakes));
        this.mistakes = List.copyOf(mistakes);
    }

    /** Every mistake, one line each: property, value found, values allowed. */
    public List<String> mistakes() {
        return mistakes;
    }
}
