package io.wadi.runtime.config;

import java.util.List;

/** The configuration cannot be used: every mistake in it, one line each. Without a stack trace, as the program is not at fault. */
public final class SettingsException extends RuntimeException {
    private final transient List<String> mistakes;

    /** Takes the mistakes in the order they are to be shown in. */
    public SettingsException(List<String> mistakes) {
        super(String.join(System.lineSeparator(), mistakes), null, false, false);
        this.mistakes = List.copyOf(mistakes);
    }

    /** Every mistake, one line each: property, value found, values allowed. */
    public List<String> mistakes() {
        return mistakes;
    }
}
