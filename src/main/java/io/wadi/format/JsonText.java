package io.wadi.format;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Checks of strings in JSON, which can contain surrogates without a pair. */
public final class JsonText {
    /** The problem of a text that would have the same bytes as another one, with a question mark. */
    public static final String UNPAIRED_SURROGATE = "an unpaired surrogate, which UTF-8 cannot encode";

    private JsonText() {}

    /**
     * Returns a text in UTF-8.
     *
     * @throws IllegalArgumentException if it has an unpaired surrogate, which the JDK would replace by a question mark;
     *     the message continues a sentence that begins with the name of the text
     */
    public static byte[] utf8(String text) {
        if (unpairedSurrogate(text) >= 0) {
            throw new IllegalArgumentException("has " + UNPAIRED_SURROGATE);
        }
        return text.getBytes(UTF_8);
    }

    /** Returns the index of an unpaired surrogate, which UTF-8 cannot encode; -1 if there is none. */
    public static int unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return i;
                }
                i++;
            }
        }
        return -1;
    }
}
