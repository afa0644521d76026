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
 * The masking of headers and JSON fields by name, ignoring case, in the records and documents that the management port
 * shows. Fields are masked at any depth, even in JSON inside of string fields, and in text that resembles JSON, such as
 * an unparsable record. JSON in a string is masked as a whole if the strings and values around it are nested too deep.
 * Immutable.
 */
public final class Masking {
    /** Masks nothing. */
    public static final Masking NONE = new Masking(Set.of());

    private static final String MASK = "•••";
    /** The levels of nesting, in strings too, below which a string with JSON is masked instead of being parsed. */
    private static final int MAX_DEPTH = 1000;

    private static final String QUOTES = "\"'";
    private static final String VALUE_DELIMITERS = " \t\r\n,;&}]" + QUOTES;
    /** The letters before a quoted string in Python, such as {@code u'abc'}. */
    private static final String PYTHON_PREFIXES = "uUbBrR";

    /** A scheme of HTTP authentication, which precedes the secret, such as in {@code Authorization: Bearer abc}. */
    private static final Pattern SCHEME =
            Pattern.compile("(?i)(?:apikey|basic|bearer|dpop|negotiate|ntlm|token)[ \\t]{1,20}");

    /** A scheme with parameters, and these, such as {@code Digest username="ada", response="abc"}. */
    private static final Pattern PARAMETERS =
            Pattern.compile("(?i)(?:aws4-[\\w-]{1,40}|digest|hawk|oauth|signature|vapid)"
                    + "(?:[ \\t,]{1,20}+[\\w-]{1,80}+[ \\t]{0,20}+=[ \\t]{0,20}+(?:\"[^\"\r\n]*+\"?|[^\\s,\"]*+))++");

    private static final String FOUND = "found ";

    /** The masked names in lower case. */
    private final Set<String> names;
    /** Matches the text before a masked value, such as {@code "name": } or {@code name=}. */
    private final Pattern assignment;
    /**
     * Matches Elasticsearch's message about an unparsable field, which quotes the value, without escaping it, and the
     * cause, which may quote it again; group 1 is kept.
     */
    private final Pattern quoted;
    /** Matches Wadi's messages about values, such as {@code at "/name": found 1, expected a string}; group 1 is kept. */
    private final Pattern located;
    /**
     * Matches PostgreSQL's details about a rejected row, which have the values of all columns or of a key with a masked
     * column; group 1 is kept. The values are not escaped, so the last parenthesis of the text is their end.
     */
    private final Pattern row;

    private Masking(Set<String> names) {
        this.names = names;
        String any = names.isEmpty()
                ? "(?!)"
                : names.stream().map(Pattern::quote).collect(Collectors.joining("|", "(?:", ")"));
        int flags = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
        this.assignment = Pattern.compile(
                "(?<![\\w-])\\\\{0,8}[\"']?" + any + "\\\\{0,8}[\"']?\\s{0,20}[:=]\\s{0,20}+(?!" + FOUND + MASK + ")",
                flags);
        this.quoted = Pattern.compile("(?s)(field \\[(?:[^\\]]{0,200}\\.)?" + any + "\\].{0,700}?value: ').*", flags);
        this.located = Pattern.compile(
                "(?s)(/" + any + "(?:/[^\\s\":]{0,300})?\"?: " + FOUND + ")(?:.*(?=, expected )|.*)", flags);
        String columns = "(?=[^=\\n]{0,200}?(?<![\\w-])" + any + "(?![\\w-]))[^=\\n]{0,200}";
        this.row = Pattern.compile("(?s)(Failing row contains \\(|Key \\(" + columns + "\\)=\\()(?:.*\\)|.*)", flags);
    }

    /** Masks values with one of these names. */
    public static Masking of(Collection<String> names) {
        return new Masking(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet()));
    }

    String header(String name, String value) {
        return isMasked(name) ? MASK : text(TextNode.valueOf(value), 0).textValue();
    }

    /** Returns whether values with this name are masked. */
    public boolean isMasked(String name) {
        return names.contains(name.toLowerCase(Locale.ROOT));
    }

    /**
     * Masks a text, and indents it if it is JSON.
     *
     * @param longest the number of characters that the caller needs. Indented JSON is truncated one character later,
     *     because indentation may make it hundreds of times as long
     */
    String indented(String text, int longest) {
        Optional<JsonNode> json = RecordText.json(text);
        json.ifPresent(tree -> mask(tree, 0));
        return json.map(tree -> IndentedJson.of(tree, longest + 1)).orElseGet(() -> plain(text));
    }

    /** Masks a text that is not JSON, such as an error message. */
    public String plain(String original) {
        if (names.isEmpty()) {
            return original;
        }
        String text = located.matcher(original).replaceAll("$1" + MASK);
        StringBuilder masked = new StringBuilder();
        int from = 0;
        Matcher found = assignment.matcher(text);
        while (from < text.length() && found.find(from)) {
            masked.append(text, from, found.end()).append(MASK);
            int begin = endOf(PARAMETERS, text, found.end());
            from = begin > found.end() ? begin : valueEnd(text, endOf(SCHEME, text, begin));
        }
        masked.append(text, Math.min(from, text.length()), text.length());
        String withRows = quoted.matcher(masked).replaceAll("$1" + MASK + "'");
        return row.matcher(withRows).replaceAll("$1" + MASK + ")");
    }

    /** Returns the end of what an expression matches from {@code begin} on; {@code begin} if it does not match. */
    private static int endOf(Pattern expression, String text, int begin) {
        Matcher found = expression.matcher(text).region(begin, text.length());
        return found.lookingAt() ? found.end() : begin;
    }

    /** Returns the end of a value; an object or array, possibly malformed, extends to the end of the text. */
    private static int valueEnd(String text, int begin) {
        int at = begin;
        while (at < text.length() && text.charAt(at) == '\\') {
            at++;
        }
        if (at == text.length() || "{[".indexOf(text.charAt(at)) >= 0) {
            return text.length();
        }
        boolean hasPrefix = at + 1 < text.length()
                && PYTHON_PREFIXES.indexOf(text.charAt(at)) >= 0
                && QUOTES.indexOf(text.charAt(at + 1)) >= 0;
        at += hasPrefix ? 1 : 0;
        char quote = text.charAt(at);
        if (QUOTES.indexOf(quote) < 0) {
            while (at < text.length() && VALUE_DELIMITERS.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return at;
        }
        boolean isEscaped = text.charAt(begin) == '\\';
        at++;
        while (at < text.length() && text.charAt(at) != quote) {
            at += (text.charAt(at) == '\\' && !isEscaped) ? 2 : 1;
        }
        return Math.min(text.length(), at + 1);
    }

    /**
     * Masks JSON.
     *
     * @param value modified if it is an object or array
     * @return the same node, or a new text node
     */
    public JsonNode json(JsonNode value) {
        if (value.isTextual()) {
            return text(value, 0);
        }
        mask(value, 0);
        return value;
    }

    private JsonNode text(JsonNode value, int depth) {
        String text = value.textValue();
        Optional<JsonNode> json = RecordText.json(text);
        String masked = json.isEmpty()
                ? plain(text)
                : depth > MAX_DEPTH
                        ? MASK
                        : json.filter(tree -> mask(tree, depth))
                                .map(JsonNode::toString)
                                .orElse(text);
        return masked.equals(text) ? value : TextNode.valueOf(masked);
    }

    /**
     * Masks fields of a tree by their names.
     *
     * @param depth the number of values and strings that enclose the tree
     * @return whether the tree has changed
     */
    private boolean mask(JsonNode tree, int depth) {
        boolean isChanged = false;
        if (tree instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : object.properties()) {
                JsonNode before = field.getValue();
                if (isMasked(field.getKey())) {
                    field.setValue(TextNode.valueOf(MASK));
                    isChanged = true;
                } else if (before.isTextual()) {
                    field.setValue(text(before, depth + 1));
                    isChanged |= !field.getValue().equals(before);
                }
            }
        } else if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode before = array.get(i);
                if (before.isTextual()) {
                    array.set(i, text(before, depth + 1));
                    isChanged |= !array.get(i).equals(before);
                }
            }
        }
        for (JsonNode each : tree) {
            isChanged |= mask(each, depth + 1);
        }
        return isChanged;
    }
}
