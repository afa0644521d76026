package io.wadi.ingest.request;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The path of a route, such as {@code /events/{topic}}: literal segments, and parameters that each match one non-empty
 * segment.
 */
public final class PathPattern {
    private final List<String> segments;
    /** The names of the segments that are parameters; empty for literal segments. */
    private final List<String> names;

    private final boolean prefix;
    private final int parameters;

    private PathPattern(List<String> segments, boolean prefix) {
        this.segments = segments;
        this.prefix = prefix;
        this.names = segments.stream().map(PathPattern::parameter).toList();
        this.parameters = (int) names.stream().filter(name -> !name.isEmpty()).count();
    }

    /**
     * Parses a path.
     *
     * @param path the path, with or without a leading slash
     * @param prefix whether further segments may follow
     */
    public static PathPattern of(String path, boolean prefix) {
        return new PathPattern(split(path), prefix);
    }

    public int parameters() {
        return parameters;
    }

    /**
     * Returns the decoded parameters of a path; empty if the path does not match, or if a value is not UTF-8 or
     * contains a slash or a control character, which no name has.
     */
    public Optional<Map<String, String>> match(List<String> found) {
        if (found.size() < segments.size() || (found.size() > segments.size() && !prefix)) {
            return Optional.empty();
        }
        Map<String, String> values = Map.of();
        for (int i = 0; i < segments.size(); i++) {
            String name = names.get(i);
            if (name.isEmpty()) {
                if (!segments.get(i).equals(found.get(i))) {
                    return Optional.empty();
                }
            } else {
                String value = decoded(found.get(i));
                if (!isName(value)) {
                    return Optional.empty();
                }
                values = with(values, name, value);
            }
        }
        return Optional.of(values);
    }

    /** Adds a value. Avoids a hash map for the first one: most paths have at most one parameter. */
    private static Map<String, String> with(Map<String, String> values, String name, String value) {
        if (values.isEmpty()) {
            return Map.of(name, value);
        }
        Map<String, String> all = new HashMap<>(values);
        all.put(name, value);
        return all;
    }

    /** Returns the segments of a path without decoding them. */
    public static List<String> split(String path) {
        List<String> segments = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        for (int to = path.indexOf('/', from); to >= 0; to = path.indexOf('/', from)) {
            segments.add(path.substring(from, to));
            from = to + 1;
        }
        segments.add(path.substring(from));
        return segments;
    }

    /** Returns the name of a segment that is a parameter; empty for a literal segment. */
    private static String parameter(String segment) {
        boolean is = segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
        return is ? segment.substring(1, segment.length() - 1) : "";
    }

    /** Returns a decoded segment; empty if its percent-encoding is malformed. */
    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        try {
            return QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static boolean isName(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '/' || Character.isISOControl(c) || c == '\uFFFD') {
                return false;
            }
        }
        return !value.isEmpty();
    }
}
