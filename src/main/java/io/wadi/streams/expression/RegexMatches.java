package io.wadi.streams.expression;

import static java.nio.charset.StandardCharsets.UTF_8;

import net.thisptr.jackson.jq.exception.JsonQueryException;
import net.thisptr.jackson.jq.internal.misc.OnigUtils;
import net.thisptr.jackson.jq.internal.misc.UnicodeUtils;
import org.joni.Matcher;
import org.joni.Option;
import org.joni.Region;

/** The matches of a regular expression in a text, from left to right; only the first one without the flag {@code g}. */
final class RegexMatches {
    private final OnigUtils.Pattern pattern;
    private final byte[] text;

    /**
     * Compiles a regular expression.
     *
     * @param flags jq's flags; null for none
     */
    RegexMatches(String regex, String flags, byte[] text) throws JsonQueryException {
        this.pattern = new OnigUtils.Pattern(regex, flags);
        this.text = text;
    }

    @FunctionalInterface
    interface Action {
        /**
         * Processes a match, as byte indexes in the text, and its groups, which are null if the expression has none.
         */
        void at(int begin, int end, Region groups) throws JsonQueryException;
    }

    boolean isFound() {
        return search(pattern.regex.matcher(text), 0) >= 0;
    }

    /**
     * Passes each match to an action. An empty match at the end of the text is found only by a search from an earlier
     * index, as in jq 1.6 and 1.7.
     *
     * @throws RejectedRecordException if the evaluation has too many matches, or searches for too long
     */
    void forEach(Action action) throws JsonQueryException {
        EvaluationLimits limits = EvaluationLimits.current();
        Matcher matcher = pattern.regex.matcher(text);
        int from = 0;
        int lastEmpty = -1;
        do {
            if (search(matcher, from) < 0) {
                return;
            }
            int begin = matcher.getBegin();
            int end = matcher.getEnd();
            if (begin == end && end == lastEmpty) {
                // The same empty match again: the search continues after the next character.
                from = end == text.length ? end : end + UnicodeUtils.UTF8CharLength(text[end]);
            } else {
                limits.addMatch();
                action.at(begin, end, matcher.getRegion());
                from = end;
                lastEmpty = begin == end ? end : -1;
            }
        } while (pattern.global && from < text.length);
    }

    /** Returns the index at which the next match begins; negative if there is none. */
    private int search(Matcher matcher, int from) {
        EvaluationLimits limits = EvaluationLimits.current();
        long start = System.nanoTime();
        matcher.setTimeout(limits.searchNanosLeft());
        int found = matcher.search(from, text.length, Option.NONE);
        // Rejects the record if the search has timed out, for which joni returns a negative number, too.
        limits.addSearch(System.nanoTime() - start);
        return found;
    }

    /** Returns the name of a group; null for none. */
    String name(int group) {
        return pattern.names[group];
    }

    /** Returns a part of the text, which is counted as a copy. */
    String copy(int begin, int end) {
        EvaluationLimits.current().addCharacters(end - begin);
        return new String(text, begin, end - begin, UTF_8);
    }
}
