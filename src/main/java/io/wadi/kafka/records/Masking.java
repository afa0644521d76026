package io.wadi.kafka.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hides the values of headers and of JSON fields by their names, whatever their case, wherever the management port shows records or
 * documents. Fields are hidden at any depth, in JSON that is the text of a field too, and in text that is nearly JSON, such as a
 * record that could not be parsed. Immutable.
 */
public final class Masking {
    /** Hides nothing. */
    public static final Masking NONE = new Masking(Set.of());

    private static final String MASK = "•••";
    private static final String BEHIND_A_WORD = " \t\r\n,;&}]\"'";

    /** In lower case. */
    private final Set<String> names;
    /** What stands before a value, such as {@code "name": } or {@code name=}. */
    private final Pattern assignment;
    /** Elasticsearch's message about a field that it could not parse, which quotes the value; group 1 stays. */
    private final Pattern quoted;

    private Masking(Set<String> names) {
        this.names = names;
        String any = names.isEmpty()
                ? "(?!)"
                : names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
        int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        this.assignment =
                Pattern.compile("(?<![\\w-])\\\\{0,8}[\"']?" + any + "\\\\{0,8}[\"']?\\s{0,20}[:=]\\s{0,20}", flags);
        this.quoted = Pattern.compile("(field \\[(?:[^\\]]{0,200}\\.)?" + any + "\\].{0,300}?value: ')[^']*+", flags);
    }

    /** Hides what has one of these names. */
    public static Masking of(Collection<String> names) {
        return new Masking(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()));
    }

    /** The value of a header as it may be shown. */
    String header(String name, String value) {
        return hides(name) ? MASK : json(TextNode.valueOf(value)).textValue();
    }

    private boolean hides(String name) {
        return names.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * A text as it may be shown; JSON is indented.
     *
     * @param longest characters that are needed of it; of JSON no more than one beyond them is written, since the blanks that indent
     *     it may be hundreds of times as many as its own characters
     */
    String indented(String text, int longest) {
        Optional<JsonNode> json = RecordText.json(text);
        json.ifPresent(this::mask);
        return json.map(tree -> IndentedJson.of(tree, longest + 1)).orElseGet(() -> plain(text));
    }

    /** A text that is not JSON, such as an error message, as it may be shown. */
    public String plain(String text) {
        if (names.isEmpty()) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        int from = 0;
        Matcher found = assignment.matcher(text);
        while (from < text.length() && found.find(from)) {
            shown.append(text, from, found.end()).append(MASK);
            from = valueEnd(text, found.end());
        }
        shown.append(text, Math.min(from, text.length()), text.length());
        return quoted.matcher(shown).replaceAll("$1" + MASK);
    }

    /** Where a value ends that begins here; an object or array has no end that can be trusted, and goes on to the text's. */
    private static int valueEnd(String text, int begin) {
        int at = begin;
        while (at < text.length() && text.charAt(at) == '\\') {
            at++;
        }
        if (at == text.length() || "{[".indexOf(text.charAt(at)) >= 0) {
            return text.length();
        }
        char quote = text.charAt(at);
        if (quote != '"' && quote != '\'') {
            while (at < text.length() && BEHIND_A_WORD.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return at;
        }
        boolean isEscaped = at > begin;
        at++;
        while (at < text.length() && text.charAt(at) != quote) {
            at += (text.charAt(at) == '\\' && !isEscaped) ? 2 : 1;
        }
        return Math.min(text.length(), at + 1);
    }

    /**
     * JSON as it may be shown.
     *
     * @param value is changed where it is an object or array
     * @return the same, or a new text node
     */
    public JsonNode json(JsonNode value) {
        if (value.isTextual()) {
            return text(value);
        }
        mask(value);
        return value;
    }

    private JsonNode text(JsonNode value) {
        String text = value.textValue();
        Optional<JsonNode> json = RecordText.json(text);
        String shown = json.isEmpty()
                ? plain(text)
                : json.filter(this::mask).map(JsonNode::toString).orElse(text);
        return shown.equals(text) ? value : TextNode.valueOf(shown);
    }

    /** Hides what is below; returns whether there was anything to hide. */
    private boolean mask(JsonNode tree) {
        boolean isChanged = false;
        if (tree instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode before = field.getValue();
                if (hides(field.getKey())) {
                    field.setValue(TextNode.valueOf(MASK));
                    isChanged = true;
                } else if (before.isTextual()) {
                    field.setValue(text(before));
                    isChanged |= !field.getValue().equals(before);
                }
            }
        } else if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode before = array.get(i);
                if (before.isTextual()) {
                    array.set(i, text(before));
                    isChanged |= !array.get(i).equals(before);
                }
            }
        }
        for (JsonNode each : tree) {
            isChanged |= mask(each);
        }
        return isChanged;
    }
}
