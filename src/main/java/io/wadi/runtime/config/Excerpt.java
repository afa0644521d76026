package io.wadi.runtime.config;

/** Limits the length of texts from outside, such as values of records, in messages and logs. */
public final class Excerpt {
    private Excerpt() {}

    /**
     * Returns a text of at most {@code max} characters, at least 2; if it was truncated, it ends with an ellipsis. A
     * surrogate pair is not split.
     */
    public static String of(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = max - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
    }
}
