package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** An HTTP/2 connection on which a test writes and reads any frames. */
final class Http2Frames implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    private static final int PRIORITIZED = 32;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int REFUSED_STREAM = 7;
    static final int ENHANCE_YOUR_CALM = 11;

    private final Socket socket;
    private final DataOutputStream out;
    private final DataInputStream in;
    private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

    /**
     * A received frame.
     *
     * @param headers the decoded headers; null for a frame of another type
     */
    record Frame(int type, int flags, int stream, ByteBuffer payload, Http2Headers headers) {
        /** Returns the error code of a RST_STREAM or GOAWAY frame. */
        int error() {
            return payload.getInt(type == GOAWAY ? Integer.BYTES : 0);
        }

        String text() {
            return UTF_8.decode(payload.duplicate()).toString();
        }
    }

    /** Opens a connection without TLS. */
    Http2Frames(Socket socket) throws IOException {
        this.socket = socket;
        out = new DataOutputStream(socket.getOutputStream());
        in = new DataInputStream(socket.getInputStream());
    }

    /** Opens a connection with TLS; HTTP/2 has not begun. */
    Http2Frames(Socket plain, SSLContext trust) throws IOException {
        this(encrypted(plain, trust));
    }

    private static Socket encrypted(Socket plain, SSLContext trust) throws IOException {
        SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket(plain, "localhost", plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    /** Begins HTTP/2 with these settings: pairs of an identifier and a value. */
    Http2Frames begin(int... settings) throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
        for (int i = 0; i < settings.length; i += 2) {
            payload.putShort((short) settings[i]).putInt(settings[i + 1]);
        }
        write(SETTINGS, 0, 0, payload.array());
        return this;
    }

    Http2Frames write(int type, int flags, int stream, byte... payload) throws IOException {
        out.write(frame(type, flags, stream, payload));
        return this;
    }

    /** Returns the bytes of a frame. */
    static byte[] frame(int type, int flags, int stream, byte... payload) {
        ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
        return frame.array();
    }

    /** Writes many frames at once, until the server has closed the connection. */
    void flood(byte[] frames) {
        try {
            out.write(frames);
        } catch (IOException closed) {
            // Expected: the server may close the connection.
        }
    }

    /** Waits until the server has processed all frames sent so far: it acknowledges a ping with this number. */
    void awaitProcessed(long number) throws IOException {
        byte[] payload = ByteBuffer.allocate(8).putLong(number).array();
        write(PING, 0, 0, payload);
        Frame frame;
        do {
            frame = read().orElseThrow(() -> new EOFException("the server closed the connection"));
        } while (frame.type() != PING || !frame.payload().equals(ByteBuffer.wrap(payload)));
    }

    /** Begins a request; names and values of headers follow the path. */
    Http2Frames request(int stream, int flags, String method, String path, String... headers) throws Exception {
        return write(HEADERS, END_HEADERS | flags, stream, block(method, path, headers));
    }

    /** Returns the compressed headers of a request. */
    byte[] block(String method, String path, String... headers) throws Http2Exception {
        Http2Headers list = new DefaultHttp2Headers(/* validate= */ false)
                .method(method)
                .scheme("https")
                .authority("localhost")
                .path(path);
        for (int i = 0; i < headers.length; i += 2) {
            list.add(headers[i], headers[i + 1]);
        }
        ByteBuf block = Unpooled.buffer();
        encoder.encodeHeaders(1, list, block);
        byte[] bytes = new byte[block.readableBytes()];
        block.readBytes(bytes);
        return bytes;
    }

    /** Returns the next frame; empty if the server has closed the connection. */
    Optional<Frame> read() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            ByteBuffer payload = ByteBuffer.wrap(in.readNBytes(length));
            return Optional.of(
                    new Frame(type, flags, stream, payload, type == HEADERS ? decoded(flags, stream, payload) : null));
        } catch (EOFException | SocketException | SSLException closed) {
            return Optional.empty();
        }
    }

    /** Decodes headers, also those of frames that a test skips: later ones may refer to them. */
    private Http2Headers decoded(int flags, int stream, ByteBuffer payload) throws IOException {
        int priority = (flags & PRIORITIZED) == 0 ? 0 : 5;
        try {
            return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(payload).skipBytes(priority));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Returns the next frame of a type, without those before it; empty if the server has closed the connection. */
    Optional<Frame> read(int type) throws IOException {
        Optional<Frame> frame = read();
        while (frame.isPresent() && frame.get().type() != type) {
            frame = read();
        }
        return frame;
    }

    /** Returns the headers of the next response. */
    Http2Headers answer() throws IOException {
        return read(HEADERS).orElseThrow(() -> new EOFException("no answer")).headers();
    }

    /** Returns the status of the next response. */
    String status() throws IOException {
        return answer().status().toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
