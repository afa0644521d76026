package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.config.NearestName;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * What a request asks of tables.
 *
 * @param table the name; null: all of them
 * @param key null: what the table is
 * @param range which windows of the key
 * @param rows how much of all keys; empty: nothing
 * @param authorization the header of this name; empty where there is none
 * @param askedAs what this process is asked as by another; empty where it is asked by who wants to know
 */
record TableRequest(
        String table,
        String key,
        TableState.Range range,
        Optional<Rows> rows,
        String authorization,
        Optional<AskedAs> askedAs) {
    /** Says what a process asks another one as; who is asked so asks nobody else. */
    static final String ASKED_AS = "Wadi-Asked-As";

    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String LIMIT = "limit";
    private static final String ROWS = "rows";
    private static final String AT = "at";
    private static final List<String> OF_A_KEY = List.of(FROM, TO, LIMIT);
    private static final List<String> OF_A_TABLE = List.of(ROWS, AT);
    private static final int USUAL_WINDOWS = 100;
    private static final int MOST = 1000;
    /** Nothing, {@code tables}, the name, the key. */
    private static final int WITH_KEY = 4;

    /**
     * What is asked of all keys.
     *
     * @param most how many
     * @param at of windows those that hold this time, in milliseconds since 1970; negative: now
     */
    record Rows(int most, long at) {}

    /** What another process takes this one for. */
    enum AskedAs {
        /** The one that the key's partition belongs to. */
        OWNER,
        /** One that may have the key, put there by another partitioner. */
        OTHER;

        /** In the header. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Takes a request apart.
     *
     * @throws IllegalArgumentException where it asks for what cannot be
     */
    static TableRequest of(Message message) {
        String[] path =
                message.getHeader(Exchange.HTTP_PATH, "/tables", String.class).split("/", -1);
        if (path.length > WITH_KEY) {
            throw new IllegalArgumentException("a path is /tables/NAME/KEY, where a slash in the key is %2F");
        }
        Map<String, String> query = query(message.getHeader(Exchange.HTTP_RAW_QUERY, "", String.class));
        String table = path.length < 3 || path[2].isEmpty() ? null : decodedPath(path[2]);
        String key = table == null || path.length < WITH_KEY ? null : decodedPath(path[3]);
        requireKnown(query, key == null ? OF_A_TABLE : OF_A_KEY);
        return new TableRequest(
                table,
                key,
                range(query),
                Optional.ofNullable(query.get(ROWS)).map(text -> new Rows(most(ROWS, text), time(query, AT, -1))),
                message.getHeader("Authorization", "", String.class),
                Stream.of(AskedAs.values())
                        .filter(each -> each.word().equals(message.getHeader(ASKED_AS, String.class)))
                        .findFirst());
    }

    private static void requireKnown(Map<String, String> query, List<String> known) {
        for (String name : query.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no parameter %s, there are %s%s"
                        .formatted(name, String.join(", ", known), NearestName.question(name, known)));
            }
        }
    }

    private static TableState.Range range(Map<String, String> query) {
        long from = time(query, FROM, 0);
        long to = time(query, TO, Long.MAX_VALUE);
        if (from > to) {
            throw new IllegalArgumentException("from is later than to");
        }
        String limit = query.getOrDefault(LIMIT, "");
        return new TableState.Range(from, to, limit.isEmpty() ? USUAL_WINDOWS : most(LIMIT, limit));
    }

    private static long time(Map<String, String> query, String name, long otherwise) {
        String text = query.getOrDefault(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            return text.matches("\\d{1,18}")
                    ? Long.parseLong(text)
                    : Math.max(0, Instant.parse(text).toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "%s is \"%s\"; allowed is a time such as 2026-11-21T10:00:00Z, or milliseconds since 1970"
                            .formatted(name, text),
                    e);
        }
    }

    private static int most(String name, String text) {
        int most = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
        if (most < 1 || most > MOST) {
            throw new IllegalArgumentException(
                    "%s is \"%s\"; allowed is a whole number from 1 to %d".formatted(name, text, MOST));
        }
        return most;
    }

    private static Map<String, String> query(String raw) {
        Map<String, String> query = new HashMap<>();
        for (String parameter : raw.split("&", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            if (!nameAndValue[0].isEmpty()) {
                query.put(decoded(nameAndValue[0]), nameAndValue.length < 2 ? "" : decoded(nameAndValue[1]));
            }
        }
        return query;
    }

    /** In a path a plus is one. */
    private static String decodedPath(String text) {
        return decoded(text.replace("+", "%2B"));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"%s\" is not encoded as it should be: %s".formatted(text, e), e);
        }
    }

    /** Where it leads, from the root on: the same, written anew. */
    String target() {
        StringBuilder target =
                new StringBuilder("/tables/").append(encoded(table)).append('/').append(encoded(key));
        target.append('?').append(LIMIT).append('=').append(range.most());
        if (range.from() > 0) {
            target.append('&').append(FROM).append('=').append(range.from());
        }
        if (range.to() < Long.MAX_VALUE) {
            target.append('&').append(TO).append('=').append(range.to());
        }
        return target.toString();
    }

    /** Dots, too: two of them would lead up. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20").replace(".", "%2E");
    }
}
