package io.wadi.ingest.schema;

import java.util.regex.Pattern;

/**
 * A {@code pattern} in Java's syntax that is safe for untrusted text: the number of characters that a match reads is
 * bounded in proportion to the text's length, whatever the pattern. {@code $} matches only at the end of the text, as
 * in ECMA-262, and not before a final newline.
 */
final class BoundedPattern {
    private static final int STEPS_PER_CHARACTER = 64;
    /** Steps per character of a long text, in addition to {@link #MAX_EXTRA_STEPS}: enough for a few passes. */
    private static final int STEPS_PER_CHARACTER_OF_LONG_TEXT = 4;

    private static final int MAX_EXTRA_STEPS = 1_000_000;

    private final String source;
    private final Pattern pattern;

    /**
     * Compiles a pattern.
     *
     * @throws java.util.regex.PatternSyntaxException if the syntax is invalid
     */
    BoundedPattern(String source) {
        this.source = source;
        this.pattern = Pattern.compile(endAsInEcma(source));
    }

    /**
     * Returns whether the pattern matches anywhere in the text.
     *
     * @throws CheckLimitException if the match needs more than 64 steps per character, for long texts more than 4 per
     *     character and a million, where a step reads one character; or if the stack overflows
     */
    boolean find(String text) {
        try {
            return pattern.matcher(new CountingText(text)).find();
        } catch (StackOverflowError e) { // Java's matcher recurses for each repetition of a group
            throw limitExceeded();
        }
    }

    private static CheckLimitException limitExceeded() {
        return new CheckLimitException("matching it against its pattern takes too many steps");
    }

    private static String endAsInEcma(String source) {
        StringBuilder java = new StringBuilder();
        boolean inClass = false;
        for (int i = 0; i < source.length(); i++) {
            char c = source.charAt(i);
            if (source.startsWith("\\Q", i)) {
                int end = source.indexOf("\\E", i);
                String quotation = source.substring(i, end < 0 ? source.length() : end + 2);
                java.append(quotation);
                i += quotation.length() - 1;
            } else if (c == '\\' && i + 1 < source.length()) {
                java.append(c).append(source.charAt(++i));
            } else if (c == '$' && !inClass) {
                java.append("\\z");
            } else {
                inClass = c == '[' || (inClass && c != ']');
                java.append(c);
            }
        }
        return java.toString();
    }

    @Override
    public String toString() {
        return source;
    }

    private static final class CountingText implements CharSequence {
        private final String text;
        private long stepsLeft;

        CountingText(String text) {
            this.text = text;
            long positions = text.length() + 1L;
            this.stepsLeft = Math.min(
                    STEPS_PER_CHARACTER * positions, STEPS_PER_CHARACTER_OF_LONG_TEXT * positions + MAX_EXTRA_STEPS);
        }

        @Override
        public char charAt(int index) {
            if (stepsLeft-- == 0) {
                throw limitExceeded();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
