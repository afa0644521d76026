package io.wadi.ingest.cloudevents;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The value of a {@code ce-…} header (CloudEvents 1.0.2, HTTP protocol binding, section 3.1.3.2). */
final class HeaderValue {
    private HeaderValue() {}

    /**
     * Unquotes the value and then percent-decodes it, once. A percent sign without two hexadecimal digits and bytes
     * beyond ASCII are kept unchanged, for senders that do not encode at all, such as the Java SDK.
     *
     * @param value each character is one byte, as in HTTP
     * @return empty if the result is not UTF-8
     */
    static Optional<String> decode(String value) {
        String raw = unquoted(value.strip());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char octet = raw.charAt(i);
            if (octet > 0xFF) {
                return Optional.empty();
            }
            if (octet == '%' && isHex(raw, i + 1) && isHex(raw, i + 2)) {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(octet);
            }
        }
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static boolean isHex(String text, int at) {
        return at < text.length() && text.charAt(at) < 0x80 && Character.digit(text.charAt(at), 16) >= 0;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }
}
