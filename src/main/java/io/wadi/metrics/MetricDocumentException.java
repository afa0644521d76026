package io.wadi.metrics;

/**
 * A metric document that cannot be used: not JSON, a field that is missing or of the wrong type or range, or a report of
 * an agent that could not measure.
 *
 * <p>Trying again with the same bytes fails again, so the record belongs in the dead letters. The message says what
 * failed, where (JSON pointer, or line and column), what was found and what is allowed; of the document it quotes at
 * most about {@value #QUOTED} characters.
 */
public final class MetricDocumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private static final int QUOTED = 100;

    MetricDocumentException(String message) {
        super("metric document: " + message);
    }

    MetricDocumentException(String message, Throwable cause) {
        super("metric document: " + message, cause);
    }

    /** The text as a message may carry it: cut where it is long, control characters replaced by a dot. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(Math.min(text.length(), QUOTED) + 1);
        text.codePoints().limit(QUOTED).forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '·' : c));
        return text.codePointCount(0, text.length()) > QUOTED
                ? quoted.append('…').toString()
                : quoted.toString();
    }
}
