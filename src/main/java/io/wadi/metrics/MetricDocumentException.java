package io.wadi.metrics;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;

/**
 * Thrown for an invalid metric document: not JSON, a missing field or one of the wrong type or range, or a failed
 * fetch.
 *
 * <p>Retrying cannot succeed, so the record becomes a dead letter. The message names the place (JSON pointer, or line
 * and column), the value found and what is expected; it quotes at most {@value #QUOTED} characters of the document.
 */
public final class MetricDocumentException extends IllegalArgumentException {
    private static final int QUOTED = 100;

    MetricDocumentException(String message) {
        super("metric document: " + message);
    }

    MetricDocumentException(String message, Throwable cause) {
        super("metric document: " + message, cause);
    }

    /** Describes a JSON error with its position, but without Jackson's description of the source. */
    public static String notJson(JsonProcessingException e) {
        String position = e.getLocation() == null
                ? ""
                : " at line %d, column %d"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
        String message = String.valueOf(e.getOriginalMessage());
        int source = message.indexOf(" (start marker at ");
        return "not JSON" + position + ": " + quote(source < 0 ? message : message.substring(0, source));
    }

    /** Truncates a text of the document for a message and replaces control characters by a dot. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder(Math.min(text.length(), QUOTED) + 1);
        text.codePoints().limit(QUOTED).forEach(c -> quoted.appendCodePoint(Character.isISOControl(c) ? '·' : c));
        return text.codePointCount(0, text.length()) > QUOTED
                ? quoted.append('…').toString()
                : quoted.toString();
    }

    /** Describes the current token, as the value that was found. */
    public static String found(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string \"" + quote(json.getText()) + '"';
            default -> quote(json.getText());
        };
    }
}
