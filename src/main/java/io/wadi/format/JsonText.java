package io.wadi.format;

/** Checks of strings in JSON, which can contain surrogates without a pair. */
public final class JsonText {
    private JsonText() {}

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
