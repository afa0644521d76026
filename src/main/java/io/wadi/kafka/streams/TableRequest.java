package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.QueryParameters;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A query of tables.
 *
 * @param table the name; null to list all tables
 * @param key the key; null to describe the table
 * @param range the windows of the key
 * @param rows the rows of the table; empty for none
 * @param authorization the {@code Authorization} header; empty for none
 * @param forwardedTo the role of this instance if another one forwarded the request; empty for a client's request
 */
record TableRequest(
        String table,
        String key,
        TableState.Range range,
        Optional<Rows> rows,
        String authorization,
        Optional<ForwardedTo> forwardedTo) {
    /** The header of forwarded requests, which are not forwarded again. */
    static final String FORWARDED_TO = "Wadi-Forwarded-To";

    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String LIMIT = "limit";
    private static final String ROWS = "rows";
    private static final String AT = "at";
    private static final List<String> KEY_PARAMETERS = List.of(FROM, TO, LIMIT);
    private static final List<String> TABLE_PARAMETERS = List.of(ROWS, AT);
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;
    /** The number of parts of the path {@code /tables/NAME/KEY}. */
    private static final int WITH_KEY = 4;

    /**
     * The requested rows of a table.
     *
     * @param at the time that windows must contain, in milliseconds since the epoch; negative for now
     */
    record Rows(int max, long at) {}

    /** The role of the instance that a request is forwarded to. */
    enum ForwardedTo {
        /** The owner of the key's partition. */
        OWNER,
        /** Another instance, which may have the key if another partitioner was used. */
        OTHER;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Parses a request.
     *
     * @throws IllegalArgumentException if its path or a parameter is invalid
     */
    static TableRequest of(Message message) {
        String[] path =
                message.getHeader(Exchange.HTTP_PATH, "/tables", String.class).split("/", -1);
        if (path.length > WITH_KEY) {
            throw new IllegalArgumentException(
                    "invalid path; expected /tables/NAME/KEY, with %2F for a slash in the key");
        }
        String table = path.length < 3 || path[2].isEmpty() ? null : decodedPath(path[2]);
        String key = table == null || path.length < WITH_KEY ? null : decodedPath(path[3]);
        QueryParameters.requireKnown(
                message, table == null ? List.of() : key == null ? TABLE_PARAMETERS : KEY_PARAMETERS);
        String rows = QueryParameters.value(message, ROWS);
        if (rows == null && QueryParameters.value(message, AT) != null) {
            throw new IllegalArgumentException("at has no effect without rows: expected both, or none");
        }
        return new TableRequest(
                table,
                key,
                range(message),
                Optional.ofNullable(rows).map(text -> new Rows(limit(ROWS, text), time(message, AT, -1))),
                message.getHeader("Authorization", "", String.class),
                Stream.of(ForwardedTo.values())
                        .filter(each -> each.word().equals(message.getHeader(FORWARDED_TO, String.class)))
                        .findFirst());
    }

    private static TableState.Range range(Message message) {
        long from = time(message, FROM, 0);
        long to = time(message, TO, Long.MAX_VALUE);
        if (from > to) {
            throw new IllegalArgumentException("from is later than to");
        }
        String limit = QueryParameters.value(message, LIMIT);
        return new TableState.Range(from, to, limit == null ? DEFAULT_LIMIT : limit(LIMIT, limit));
    }

    private static long time(Message message, String name, long defaultTime) {
        String text = QueryParameters.value(message, name);
        if (text == null) {
            return defaultTime;
        }
        try {
            return text.matches("\\d{1,18}")
                    ? Long.parseLong(text)
                    : Math.max(0, Instant.parse(text).toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is \"%s\"; expected a time such as 2026-11-21T10:00:00Z, or milliseconds since 1970"
                            .formatted(name, text),
                    e);
        }
    }

    private static int limit(String name, String text) {
        int limit = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException(
                    "%s is \"%s\"; expected a whole number from 1 to %d".formatted(name, text, MAX_LIMIT));
        }
        return limit;
    }

    /** Decodes a part of a path, in which a plus sign does not encode a space. */
    private static String decodedPath(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("invalid URL encoding in \"%s\": %s".formatted(text, e), e);
        }
    }

    /** Returns a parameter that selects windows; empty if there is none. */
    Optional<String> windowParameter() {
        if (rows.filter(requested -> requested.at() >= 0).isPresent()) {
            return Optional.of(AT);
        }
        if (range.from() > 0) {
            return Optional.of(FROM);
        }
        return range.to() < Long.MAX_VALUE ? Optional.of(TO) : Optional.empty();
    }

    String target() {
        StringBuilder target =
                new StringBuilder("/tables/").append(encoded(table)).append('/').append(encoded(key));
        target.append('?').append(LIMIT).append('=').append(range.max());
        if (range.from() > 0) {
            target.append('&').append(FROM).append('=').append(range.from());
        }
        if (range.to() < Long.MAX_VALUE) {
            target.append('&').append(TO).append('=').append(range.to());
        }
        return target.toString();
    }

    /** Encodes a part of a path, including dots, since two dots would be the parent path. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace(".", "%2E");
    }
}
