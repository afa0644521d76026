package io.wadi.ingest.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The path of a route, such as {@code /events/{topic}}: segments that are met letter by letter, and parameters, each of which
 * stands for one segment that is not empty.
 */
final class PathPattern {
    private final List<String> segments;
    private final boolean prefix;
    private final int parameters;

    private PathPattern(List<String> segments, boolean prefix) {
        this.segments = segments;
        this.prefix = prefix;
        this.parameters =
                (int) segments.stream().filter(PathPattern::isParameter).count();
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

    /** How many of the segments are parameters. */
    int parameters() {
        return parameters;
    }

    /**
     * The values of the parameters where a path of these segments meets the pattern, percent-encoding undone; nothing where it does not, or
     * where a value is not UTF-8 or holds a slash or a control character, which no name has.
     */
    Optional<Map<String, String>> match(List<String> found) {
        if (found.size() < segments.size() || (found.size() > segments.size() && !prefix)) {
            return Optional.empty();
        }
        Map<String, String> values = parameters == 0 ? Map.of() : new HashMap<>();
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (isParameter(segment)) {
                String value = decoded(found.get(i));
                if (!isName(value)) {
                    return Optional.empty();
                }
                values.put(segment.substring(1, segment.length() - 1), value);
            } else if (!segment.equals(found.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
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

    private static boolean isParameter(String segment) {
        return segment.length() > 2 && segment.startsWith("{") && segment.endsWith("}");
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
        return !value.isEmpty() && value.chars().noneMatch(c -> c == '/' || Character.isISOControl(c) || c == '\uFFFD');
    }
}
