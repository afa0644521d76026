package io.wadi.kafka.client;

import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The manual assignment of partitions to a consumer: the property {@code wadi.partitions}, such as {@code 0-3,7}, set
 * on an endpoint as {@code additionalProperties.wadi.partitions}. Offsets are still committed for the group.
 */
public final class AssignedPartitions {
    public static final String NAME = "wadi.partitions";

    private static final Pattern RANGE = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    private AssignedPartitions() {}

    /**
     * Removes and parses the property; returns an empty set if it is absent.
     *
     * @throws IllegalArgumentException if it is not a list of numbers and ranges
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
            throw invalid(part);
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (last < first) {
            throw invalid(part);
        }
        for (int partition = first; partition <= last; partition++) {
            partitions.add(partition);
        }
    }

    private static IllegalArgumentException invalid(String part) {
        return new IllegalArgumentException(
                "Invalid value '" + part + "' for " + NAME + ": expected numbers and ranges, such as 0-3,7");
    }
}
