package io.wadi.local.soak;

/** HTML escaping. */
final class Html {
    private Html() {}

    /** Escapes text for elements and attributes. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
