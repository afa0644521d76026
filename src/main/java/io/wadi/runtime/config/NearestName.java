package io.wadi.runtime.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Suggests a known name for a misspelled one. */
public final class NearestName {
    /** Limits the time of a comparison, since clients may send arbitrarily long names. */
    private static final int MAX_LENGTH = 64;

    private NearestName() {}

    /**
     * Returns the candidate with the smallest edit distance (Levenshtein). Empty if that distance is greater than both
     * two and a third of the name's length, or if the name has more than 64 characters.
     */
    public static Optional<String> to(String name, Collection<String> candidates) {
        if (name.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        return candidates.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(2, name.length() / 3));
    }

    /** Returns "; did you mean ...?" to append to an error message; empty if no candidate is similar. */
    public static String question(String name, Collection<String> candidates) {
        return to(name, candidates).map(near -> "; did you mean " + near + "?").orElse("");
    }

    /** Returns "did you mean ...?", or else "expected one of" and all candidates. */
    public static String instead(String name, Collection<String> candidates) {
        return to(name, candidates)
                .map(near -> "did you mean " + near + "?")
                .orElseGet(() -> "expected one of " + String.join(", ", candidates));
    }

    /** Returns the edit distance (Levenshtein) of two names. */
    public static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substituted, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
