package io.wadi.landing;

/** The format of one value a line, each ended by a newline. */
final class Lines {
    private Lines() {}

    /** Why a value cannot be one line, or null where it can. */
    static String refusal(byte[] value) {
        if (value == null) {
            return "the record has no value (a tombstone), a line needs one";
        }
        for (int i = 0; i < value.length; i++) {
            if (value[i] == '\n') {
                return "the value has a line break at byte " + i + ", a line can have none";
            }
        }
        return null;
    }
}
