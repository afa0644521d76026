package io.wadi.ingest.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A string in JSON, as an alternative to the parser's text for long strings: decoding it takes the memory of its bytes,
 * while the parser and Java's strings take up to ten times as much.
 *
 * @param json JSON in UTF-8; malformed escapes, which only the parser rejects, have no defined value
 * @param start the index of the opening quotation mark
 * @param end the index after the closing one
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record JsonString(byte[] json, int start, int end) {
    private static final int HEX = 16;
    private static final int UNIT_DIGITS = 4;

    /** Finds the end of the string that starts at an index. */
    static JsonString at(byte[] json, int start) {
        int end = start + 1;
        while (end < json.length && json[end] != '"') {
            end += json[end] == '\\' ? 2 : 1;
        }
        return new JsonString(json, start, Math.min(json.length, end + 1));
    }

    /** Returns the string as it is in JSON, with its quotation marks. */
    public byte[] copy() {
        return Arrays.copyOfRange(json, start, end);
    }

    /** Returns the string's characters in UTF-8; null if it has an unpaired surrogate. */
    public byte[] utf8() {
        byte[] text = new byte[end - start];
        int length = 0;
        int at = start + 1;
        while (at < end - 1) {
            byte next = json[at];
            if (next != '\\') {
                text[length++] = next;
                at++;
            } else if (json[at + 1] != 'u') {
                text[length++] = unescaped(json[at + 1]);
                at += 2;
            } else {
                int first = unit(at);
                int second = Character.isHighSurrogate((char) first) ? unit(at + 2 + UNIT_DIGITS) : 0;
                boolean isPair = Character.isLowSurrogate((char) second);
                if (!isPair && Character.isSurrogate((char) first)) {
                    return null;
                }
                byte[] bytes = Character.toString(isPair ? Character.toCodePoint((char) first, (char) second) : first)
                        .getBytes(UTF_8);
                System.arraycopy(bytes, 0, text, length, bytes.length);
                length += bytes.length;
                at += (isPair ? 2 : 1) * (2 + UNIT_DIGITS);
            }
        }
        return Arrays.copyOf(text, length);
    }

    /** Returns the UTF-16 unit of an escape such as {@code \}{@code u20ac}; 0 if there is none. */
    private int unit(int at) {
        if (at + 2 + UNIT_DIGITS >= end || json[at] != '\\' || json[at + 1] != 'u') {
            return 0;
        }
        int unit = 0;
        for (int i = at + 2; i < at + 2 + UNIT_DIGITS; i++) {
            unit = unit * HEX + Math.max(0, Character.digit(json[i], HEX));
        }
        return unit;
    }

    private static byte unescaped(byte escaped) {
        return switch (escaped) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> escaped;
        };
    }
}
