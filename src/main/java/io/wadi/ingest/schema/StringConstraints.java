package io.wadi.ingest.schema;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.format.Format;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Constraints on strings: {@code minLength} and {@code maxLength} in code points, {@code pattern}, {@code format}. */
final class StringConstraints {
    static final StringConstraints ANY = new StringConstraints(CountLimits.NONE, List.of(), List.of());

    private final CountLimits length;
    private final List<BoundedPattern> patterns;
    private final List<Format> formats;

    private StringConstraints(CountLimits length, List<BoundedPattern> patterns, List<Format> formats) {
        this.length = length;
        this.patterns = patterns;
        this.formats = formats;
    }

    /** Returns the constraints of all these schemas; null if there are none. */
    static StringConstraints of(Collection<JsonNode> schemas, Formats known) {
        CountLimits length = CountLimits.of(schemas, "minLength", "maxLength");
        List<BoundedPattern> patterns = new ArrayList<>();
        List<Format> formats = new ArrayList<>();
        for (JsonNode schema : schemas) {
            if (schema.has("pattern")) {
                patterns.add(new BoundedPattern(schema.get("pattern").textValue()));
            }
            known.find(schema.path("format").asText()).ifPresent(formats::add);
        }
        boolean nothing = length.equals(CountLimits.NONE) && patterns.isEmpty() && formats.isEmpty();
        return nothing ? null : new StringConstraints(length, List.copyOf(patterns), List.copyOf(formats));
    }

    /** Returns the violation by the string at the parser's current token; null if it is valid. */
    String violation(JsonParser parser) throws IOException {
        if (patterns.isEmpty() && formats.isEmpty()) {
            int units = parser.getTextLength();
            // A code point is one or two units, so that the number of units usually decides.
            if (units <= length.max() && (units + 1) / 2 >= length.min()) {
                return null;
            }
        }
        return violation(parser.getText());
    }

    /** Returns the violation by a string; null if it is valid. */
    String violation(String text) {
        String lengthViolation = length.violation(text.codePointCount(0, text.length()), "characters");
        if (lengthViolation != null) {
            return lengthViolation;
        }
        try {
            for (BoundedPattern pattern : patterns) {
                if (!pattern.find(text)) {
                    return "does not match the pattern " + pattern;
                }
            }
            for (Format format : formats) {
                if (!format.matches(null, null, text)) {
                    return "does not match the format " + format.getName();
                }
            }
        } catch (CheckLimitException e) {
            return e.getMessage();
        }
        return null;
    }

    CountLimits length() {
        return length;
    }

    /** Returns the patterns as written in the schema. */
    List<String> patterns() {
        return patterns.stream().map(BoundedPattern::toString).toList();
    }

    List<String> formats() {
        return formats.stream().map(Format::getName).toList();
    }
}
