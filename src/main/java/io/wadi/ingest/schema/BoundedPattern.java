package io.wadi.ingest.schema;

import java.util.regex.Pattern;

/**
 * A {@code pattern} in Java's syntax for untrusted text: the number of characters read is bounded by the text's length,
 * whatever the pattern. {@code $} is the text's end, as in ECMA-262, and never before a last newline.
 */
final class BoundedPattern {
    private static final int STEPS_PER_CHARACTER = 64;
    /** Steps per character of a long text, beyond {@link #MAX_EXTRA_STEPS}: enough for a few passes. */
    private static final int STEPS_PER_CHARACTER_OF_LONG_TEXT = 4;

    private static final int MAX_EXTRA_STEPS = 1_000_000;

    private final String source;
    private final Pattern pattern;

    /**
     * Compiles a pattern.
     *
     * @throws java.util.regex.PatternSyntaxException where Java cannot
     */
    BoundedPattern(String source) {
        this.source = source;
        this.pattern = Pattern.compile(endAsInEcma(source));
    }

    /**
     * Whether the pattern matches somewhere in the text.
     *
     * @throws CheckLimitException where that is not known after 64 steps per character, for long texts after 4 per
     *     character and a million; or where the stack is full. A step reads a character
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
            if (c == '\\' && i + 1 < source.length()) {
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
