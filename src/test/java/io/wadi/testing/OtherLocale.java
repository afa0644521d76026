package io.wadi.testing;

import java.util.Locale;

/** Runs code with another default locale of this JVM. Not for tests that run concurrently with others. */
public final class OtherLocale {
    /** A locale in which {@code %d} does not write ASCII digits. */
    public static final Locale OTHER_DIGITS = Locale.forLanguageTag("ar-EG-u-nu-arab");

    private OtherLocale() {}

    /** Code that may fail. */
    @FunctionalInterface
    public interface Code {
        void run() throws Exception;
    }

    /** Runs code with this default locale, and restores the former one. */
    public static void run(Locale locale, Code code) throws Exception {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(locale);
            code.run();
        } finally {
            Locale.setDefault(before);
        }
    }
}
