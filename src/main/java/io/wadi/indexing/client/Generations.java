package io.wadi.indexing.client;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names of the numbered indices behind an alias: {@code name-000001}, {@code name-000002}. */
public final class Generations {
    private static final Pattern NUMBERED = Pattern.compile("(.+)-(\\d{6})");

    private Generations() {}

    /** Returns the number of an index behind an alias; 0 for other indices. */
    public static long number(String alias, String index) {
        Matcher number = NUMBERED.matcher(index);
        return number.matches() && number.group(1).equals(alias) ? Long.parseLong(number.group(2)) : 0;
    }

    /** Returns the name of the generation after all that exist, with or without the alias. */
    public static String next(ElasticsearchAdmin elasticsearch, String alias) throws IOException {
        long last = 0;
        Optional<Iterator<String>> all =
                elasticsearch.get("/" + alias + "*?expand_wildcards=all").map(indices -> indices.fieldNames());
        while (all.isPresent() && all.get().hasNext()) {
            last = Math.max(last, number(alias, all.get().next()));
        }
        return String.format(Locale.ROOT, "%s-%06d", alias, last + 1);
    }
}
