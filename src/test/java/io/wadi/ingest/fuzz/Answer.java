package io.wadi.ingest.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A response, parsed strictly by HTTP/1.1 (RFC 9112). */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record Answer(int status, Map<String, String> headers, byte[] body) {
    private static final int LONGEST_LINE = 8192;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_FINAL = 200;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2}) [\\x20-\\x7E]*");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9-]+): ([\\x20-\\x7E]*)");
    /** The only headers that a response may have, whatever the client sends. */
    private static final Set<String> KNOWN = Set.of(
            "content-type",
            "content-length",
            "date",
            "transfer-encoding",
            "connection",
            "retry-after",
            "allow",
            "vary",
            "www-authenticate",
            "cache-control",
            "etag",
            "preference-applied",
            "access-control-allow-origin",
            "access-control-allow-methods",
            "access-control-allow-headers",
            "access-control-expose-headers",
            "access-control-max-age");

    /** A response that violates HTTP/1.1. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what);
        }
    }

    /**
     * Reads the next response; skips those with a status of 1xx.
     *
     * @param bodiless whether the response has no body, whatever its headers declare
     * @return null if the connection was closed before the response
     * @throws EOFException if the connection was closed within the response
     */
    static Answer read(InputStream in, boolean bodiless) throws IOException {
        while (true) {
            String line = line(in, true);
            if (line == null) {
                return null;
            }
            Matcher status = STATUS.matcher(line);
            if (!status.matches()) {
                throw new Malformed("status line: " + line);
            }
            Map<String, String> headers = headers(in);
            int code = Integer.parseInt(status.group(1));
            if (code >= FIRST_FINAL) {
                boolean empty = bodiless || code == NO_CONTENT || code == NOT_MODIFIED;
                return new Answer(code, headers, empty ? new byte[0] : body(in, headers));
            }
        }
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (String line = line(in, false); !line.isEmpty(); line = line(in, false)) {
            Matcher field = FIELD.matcher(line);
            if (!field.matches()) {
                throw new Malformed("header: " + line);
            }
            String name = field.group(1).toLowerCase(Locale.ROOT);
            if (!KNOWN.contains(name) || headers.put(name, field.group(2)) != null) {
                throw new Malformed("unknown or repeated header: " + line);
            }
        }
        return headers;
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        String length = headers.get("content-length");
        boolean chunked = "chunked".equals(headers.get("transfer-encoding"));
        if (chunked == (length != null)) {
            throw new Malformed("neither or both of Content-Length and chunks: " + headers);
        }
        return chunked ? chunks(in) : exactly(in, Integer.parseInt(length));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in, false), 16);
            body.writeBytes(exactly(in, size));
            if (!line(in, false).isEmpty()) {
                throw new Malformed("chunk without end");
            }
            if (size == 0) {
                return body.toByteArray();
            }
        }
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("answer ends after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private static String line(InputStream in, boolean mayEnd) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); ; next = in.read()) {
            if (next < 0) {
                if (mayEnd && line.isEmpty()) {
                    return null;
                }
                throw new EOFException("answer ends within its head: " + line);
            }
            if (next == '\r') {
                if (in.read() != '\n') {
                    throw new Malformed("CR without LF after: " + line);
                }
                return line.toString();
            }
            line.append((char) next);
            if (next == '\n' || line.length() > LONGEST_LINE) {
                throw new Malformed("line: " + line);
            }
        }
    }

    /** Returns the body as text. */
    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }
}
