package io.wadi.bench.siege;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Builds HTTP/2 frames as bytes, including invalid ones, some of which a library's writer would reject. */
final class Http2Bytes {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int CANCEL = 8;
    static final int INITIAL_WINDOW_SIZE = 4;

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /**
     * Creates an empty sequence; for the first bytes of a connection it begins with the client's preface and settings.
     */
    static Http2Bytes on(Shot shot, byte... settings) {
        Http2Bytes begun = new Http2Bytes();
        if (shot.onConnection() == 0) {
            begun.bytes.writeBytes(PREFACE);
            begun.frame(SETTINGS, 0, 0, settings);
        }
        return begun;
    }

    /** Returns a setting with its value. */
    static byte[] setting(int id, int value) {
        return ByteBuffer.allocate(6).putShort((short) id).putInt(value).array();
    }

    Http2Bytes frame(int type, int flags, int stream, byte... payload) {
        bytes.writeBytes(ByteBuffer.allocate(9)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array());
        bytes.writeBytes(payload);
        return this;
    }

    /** Adds the complete headers of a request. */
    Http2Bytes request(int stream, boolean end, String method, String path, String... headers) {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, block(method, path, headers));
    }

    /** Returns a header block in HPACK without the dynamic table: each name and value is literal. */
    static byte[] block(String method, String path, String... headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", method);
        literal(block, ":scheme", "https");
        literal(block, ":path", path);
        literal(block, ":authority", "localhost");
        literal(block, "user-agent", "siege");
        for (int i = 0; i < headers.length; i += 2) {
            literal(block, headers[i], headers[i + 1]);
        }
        return block.toByteArray();
    }

    /** Returns one literal header. */
    static byte[] header(String name, String value) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, name, value);
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            int rest = length - 127;
            for (; rest >= 128; rest >>= 7) {
                block.write((rest & 127) | 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(US_ASCII));
    }

    /**
     * Returns a header that is added to the dynamic table, and a number of references to it, each of which represents
     * its whole text.
     */
    static byte[] repeated(int length, int references) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(block("GET", "/api/select?color=red&user=siege"));
        block.write(0x40);
        text(block, "x-bomb");
        text(block, "b".repeat(length));
        for (int i = 0; i < references; i++) {
            block.write(0x80 | 62);
        }
        return block.toByteArray();
    }

    /** Returns a request for / with the header that was added to the dynamic table last, all as references. */
    static byte[] repetition() {
        return new byte[] {(byte) 0x82, (byte) 0x87, (byte) 0x84, (byte) (0x80 | 62)};
    }

    byte[] done() {
        return bytes.toByteArray();
    }
}
