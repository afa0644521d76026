package io.wadi.ingest.event;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The media type of a {@code Content-Type} header (RFC 9110, section 8.3).
 *
 * @param name type and subtype in lower case; empty if the header is missing or malformed
 * @param charset the parameter in lower case; utf-8 if absent
 */
public record MediaType(String name, String charset) {
    private static final Pattern NAME = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+");
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\"?([^\\s;\"]*)", Pattern.CASE_INSENSITIVE);

    /** Parses the header's value, which may be null. */
    public static MediaType parse(String value) {
        String all = value == null ? "" : value;
        String name = all.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        Matcher charset = CHARSET.matcher(all);
        return new MediaType(
                NAME.matcher(name).matches() ? name : "",
                charset.find() ? charset.group(1).toLowerCase(Locale.ROOT) : "utf-8");
    }

    public boolean isUtf8() {
        return charset.equals("utf-8") || charset.equals("utf8");
    }

    /** Returns whether the subtype is {@code json} or has the suffix {@code +json} (RFC 6839). */
    public boolean isJson() {
        return name.endsWith("/json") || name.endsWith("+json");
    }
}
