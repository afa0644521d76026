package io.wadi.local.soak;

/** Text in a page. */
final class Html {
    private Html() {}

    /** The text, as it stands in an element or in an attribute. */
    static String text(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
