package io.wadi.kafka.client;

import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Partitions that a consumer is assigned by hand instead of by its group: the property {@code wadi.partitions}, such as
 * {@code 0-3,7}, on an endpoint {@code additionalProperties.wadi.partitions}. Offsets are committed for the group all the
 * same.
 */
public final class AssignedPartitions {
    /** The property. */
    public static final String NAME = "wadi.partitions";

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private AssignedPartitions() {}

    /**
     * Takes the setting out of a consumer's properties; empty where it is not there.
     *
     * @throws IllegalArgumentException where it is no list of numbers and ranges
     */
    public static Set<Integer> takeFrom(Properties properties) {
        Object given = properties.remove(NAME);
        Set<Integer> partitions = new TreeSet<>();
        if (given != null) {
            for (String part : given.toString().split(",", -1)) {
                add(part.strip(), partitions);
            }
        }
        return partitions;
    }

    private static void add(String part, Set<Integer> partitions) {
        Matcher range = RANGE.matcher(part);
        if (!range.matches()) {
            throw refused(part);
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (last < first) {
            throw refused(part);
        }
        for (int partition = first; partition <= last; partition++) {
            partitions.add(partition);
        }
    }

    private static IllegalArgumentException refused(String part) {
        return new IllegalArgumentException(
                NAME + ": found \"" + part + "\", allowed: numbers and ranges of them, such as 0-3,7");
    }
}
