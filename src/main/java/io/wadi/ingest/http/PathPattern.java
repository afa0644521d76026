package io.wadi.ingest.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The path of a route, such as {@code /events/{topic}}: literal segments, and parameters that each match one segment
 * that is not empty.
 */
final class PathPattern {
    private final List<String> segments;
    /** Of a parameter its name, of another segment nothing. */
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
     * Reads a path.
     *
     * @param path with a slash in front or not
     * @param prefix whether any segments may follow
     */
    static PathPattern of(String path, boolean prefix) {
        return new PathPattern(split(path), prefix);
    }

    int parameters() {
        return parameters;
    }

    /**
     * Returns the decoded parameters of a path that matches; empty if it does not, or if a value is not UTF-8 or has a
     * slash or a control character, which no name has.
     */
    Optional<Map<String, String>> match(List<String> found) {
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

    /** Most paths have one parameter at most. */
    private static Map<String, String> with(Map<String, String> values, String name, String value) {
        if (values.isEmpty()) {
            return Map.of(name, value);
        }
        Map<String, String> all = new HashMap<>(values);
        all.put(name, value);
        return all;
    }

    /** The segments of a path, as they are written. */
    static List<String> split(String path) {
        List<String> segments = new ArrayList<>();
        int from = path.startsWith("/") ? 1 : 0;
        for (int to = path.indexOf('/', from); to >= 0; to = path.indexOf('/', from)) {
            segments.add(path.substring(from, to));
            from = to + 1;
        }
        segments.add(path.substring(from));
        return segments;
    }

    /** The name of a parameter; empty for another segment. */
    private static String parameter(String segment) {
        boolean is = segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
        return is ? segment.substring(1, segment.length() - 1) : "";
    }

    /** Empty where the encoding is broken. */
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
