package io.wadi.ingest.event;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code Content-Type} says (RFC 9110, section 8.3).
 *
 * @param name type and subtype in small letters; empty where the header is missing or says something else
 * @param charset the parameter of that name in small letters; utf-8 where there is none
 */
public record MediaType(String name, String charset) {
    private static final Pattern NAME = Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+");
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\"?([^\\s;\"]*)", Pattern.CASE_INSENSITIVE);

    /** Reads the header's value; null where there is none. */
    public static MediaType parse(String value) {
        String all = value == null ? "" : value;
        String name = all.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        Matcher charset = CHARSET.matcher(all);
        return new MediaType(
                NAME.matcher(name).matches() ? name : "",
                charset.find() ? charset.group(1).toLowerCase(Locale.ROOT) : "utf-8");
    }

    /** Whether text of this type is in UTF-8, the only encoding that is taken. */
    public boolean isUtf8() {
        return charset.equals("utf-8") || charset.equals("utf8");
    }

    /** Whether its content is JSON: by the name or the suffix {@code +json} (RFC 6839). */
    public boolean isJson() {
        return name.endsWith("/json") || name.endsWith("+json");
    }
}
