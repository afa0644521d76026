package io.wadi.format;

/** JSON pointers (RFC 6901) as text. */
public final class JsonPointers {
    private JsonPointers() {}

    /** Returns the pointer of a member, relative to its object. */
    public static String of(String member) {
        return "/" + member.replace("~", "~0").replace("/", "~1");
    }
}
