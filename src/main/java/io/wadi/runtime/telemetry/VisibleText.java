package io.wadi.runtime.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.Locale;

/**
 * The escaping of texts of records and clients in logs and on terminals: control characters, line separators of Unicode
 * and characters that change the direction of text. Otherwise senders could write to the operator's clipboard, forge
 * lines, or display text in another order. Letters of all scripts are unchanged.
 */
public final class VisibleText {
    private VisibleText() {}

    /** The word {@code %visible(…)} of a Logback pattern: escapes the output of the enclosed pattern. */
    public static final class Word extends CompositeConverter<ILoggingEvent> {
        @Override
        protected String transform(ILoggingEvent event, String text) {
            return escape(text);
        }
    }

    /** Escapes hidden characters as in JSON, such as {@code \\u001b}; line feeds and tabs are unchanged. */
    public static String escape(String text) {
        int next = 0;
        while (next < text.length() && !isHidden(text.charAt(next))) {
            next++;
        }
        if (next == text.length()) {
            return text;
        }
        StringBuilder visible = new StringBuilder(text.length() + 16).append(text, 0, next);
        for (int i = next; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isHidden(c)) {
                visible.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                visible.append(c);
            }
        }
        return visible.toString();
    }

    private static boolean isHidden(char c) {
        return c < ' ' ? c != '\n' && c != '\t' : isBetween(c, 0x7f, 0x9f) || changesDirectionOrLine(c);
    }

    /** Returns whether Unicode lists a character as Bidi_Control, or it separates lines or paragraphs. */
    private static boolean changesDirectionOrLine(char c) {
        return c == 0x061c
                || isBetween(c, 0x200e, 0x200f)
                || isBetween(c, 0x2028, 0x202e)
                || isBetween(c, 0x2066, 0x2069);
    }

    private static boolean isBetween(char c, int first, int last) {
        return first <= c && c <= last;
    }
}
