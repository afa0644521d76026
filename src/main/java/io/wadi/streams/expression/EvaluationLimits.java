package io.wadi.streams.expression;

import java.time.Duration;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/**
 * Limits of one evaluation of a jq expression, counted on its thread: a small record could otherwise use up the heap or
 * block the thread. Rejections, except those of repeated strings, are not exceptions of jq, which an expression could
 * catch.
 */
final class EvaluationLimits {
    /** The maximum number of numbers in all ranges together, and the maximum index of an array element to set. */
    static final int MAX_NUMBERS = 250_000;
    /** The maximum number of characters in all repetitions of strings together. */
    static final int MAX_REPEATED = 1 << 20;
    /** The maximum number of matches and captures of all regular expressions together. */
    static final int MAX_MATCHES = 100_000;
    /** The maximum number of characters in all matches, captures, replaced, added and joined texts together. */
    static final int MAX_CHARACTERS = 64 << 20;
    /**
     * The maximum time of all searches of regular expressions together; less than the 10 s of a transaction of Kafka
     * Streams.
     */
    static final Duration MAX_SEARCH = Duration.ofSeconds(5);
    /**
     * The maximum number of elements that all additions and merges of objects copy together, which takes one to two
     * seconds.
     */
    static final long MAX_COPIES = 250_000_000;

    private static final ThreadLocal<EvaluationLimits> CURRENT = ThreadLocal.withInitial(EvaluationLimits::new);

    private final long maxCharacters;
    private final Duration maxSearch;
    private final long maxCopies;
    private int numbers;
    private double repeated;
    private int matches;
    private long characters;
    private long searchNanos;
    private long copies;

    EvaluationLimits() {
        this(MAX_CHARACTERS, MAX_SEARCH, MAX_COPIES);
    }

    EvaluationLimits(long maxCharacters, Duration maxSearch, long maxCopies) {
        this.maxCharacters = maxCharacters;
        this.maxSearch = maxSearch;
        this.maxCopies = maxCopies;
    }

    /** Sets the limits of all later evaluations on the current thread, such as smaller ones in a test. */
    static void use(EvaluationLimits limits) {
        CURRENT.set(limits);
    }

    /** Begins an evaluation on the current thread. */
    static void begin() {
        EvaluationLimits now = CURRENT.get();
        now.numbers = 0;
        now.repeated = 0;
        now.matches = 0;
        now.characters = 0;
        now.searchNanos = 0;
        now.copies = 0;
    }

    static EvaluationLimits current() {
        return CURRENT.get();
    }

    /** Counts a number of a range. */
    void addNumber() {
        if (++numbers > MAX_NUMBERS) {
            throw new RejectedRecordException("expected at most " + MAX_NUMBERS + " numbers in all ranges, found more");
        }
    }

    /** Counts repetitions of a string. */
    void addRepetitions(String text, double times) throws JsonQueryException {
        // The library also takes time for each repetition of an empty text.
        double total = repeated + Math.max(1, text.length()) * Math.max(0, times);
        if (Double.isNaN(total) || total > MAX_REPEATED) {
            throw new JsonQueryException(
                    "Repeated strings are too long, expected at most " + MAX_REPEATED + " characters");
        }
        repeated = total;
    }

    /** Counts a match or capture of a regular expression. */
    void addMatch() {
        if (++matches > MAX_MATCHES) {
            throw new RejectedRecordException(
                    "expected at most " + MAX_MATCHES + " matches and captures of regular expressions, found more");
        }
    }

    /**
     * Counts characters of texts that regular expressions copy, and of those that {@code add} and {@code join} append.
     */
    void addCharacters(long count) {
        characters += count;
        if (characters > maxCharacters) {
            throw new RejectedRecordException("expected at most " + maxCharacters
                    + " characters in matches, replaced, added and joined texts, found more");
        }
    }

    /** Returns the time limit of the next search of a regular expression, at least 1 ns. */
    long searchNanosLeft() {
        return Math.max(1, maxSearch.toNanos() - searchNanos);
    }

    /** Counts the time of a search. */
    void addSearch(long nanos) {
        searchNanos += nanos;
        if (searchNanos > maxSearch.toNanos()) {
            throw new RejectedRecordException(
                    "expected regular expressions to take at most " + maxSearch.toSeconds() + " s in total");
        }
    }

    /** Counts elements that an addition, a merge of objects, {@code add} or {@code flatten} copies. */
    void addCopies(long count) {
        copies += count;
        if (copies > maxCopies) {
            throw new RejectedRecordException(
                    "expected additions and merges to copy at most " + maxCopies + " elements, found more");
        }
    }
}
