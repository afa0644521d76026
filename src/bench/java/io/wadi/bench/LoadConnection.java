package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** One connection of {@link OpenLoad}: a request on its way at most. */
final class LoadConnection {
    private static final int LONGEST_ANSWER = 16 << 10;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final String LENGTH = "\r\ncontent-length: ";
    private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer answer = ByteBuffer.allocate(LONGEST_ANSWER);
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean waiting;
    private long due;
    private long sent;

    /** Connects; to be found as the attachment of its key. */
    LoadConnection(InetSocketAddress server, Selector selector) throws IOException {
        channel = SocketChannel.open(server);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Whether an answer is due. */
    boolean isWaiting() {
        return waiting;
    }

    /** When the request was to be sent, by {@link System#nanoTime}. */
    long due() {
        return due;
    }

    /** When it was sent. */
    long sent() {
        return sent;
    }

    /** Sends a request that was to be sent at a moment. */
    void send(byte[] request, long intended) throws IOException {
        waiting = true;
        due = intended;
        sent = System.nanoTime();
        answer.clear();
        unsent = ByteBuffer.wrap(request);
        write();
    }

    private void write() throws IOException {
        channel.write(unsent);
        key.interestOps(unsent.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /**
     * Goes on with what the selector has found to be possible.
     *
     * @return the status, where the answer is complete; else 0
     * @throws IOException the connection cannot be used any more
     */
    int proceed() throws IOException {
        if (unsent.hasRemaining()) {
            write();
        }
        if (channel.read(answer) < 0) {
            throw new EOFException("The server has closed the connection");
        }
        if (!isComplete()) {
            if (!answer.hasRemaining()) {
                throw new IOException("An answer of more than " + LONGEST_ANSWER + " bytes");
            }
            return 0;
        }
        waiting = false;
        return Integer.parseInt(new String(answer.array(), STATUS_AT, 3, US_ASCII));
    }

    /** By its length, or by its last chunk: nothing can follow, as there is one request at a time. */
    private boolean isComplete() {
        String text = new String(answer.array(), 0, answer.position(), US_ASCII);
        int head = text.indexOf("\r\n\r\n");
        if (head < 0) {
            return false;
        }
        int at = text.substring(0, head).toLowerCase(Locale.ROOT).indexOf(LENGTH);
        if (at < 0) {
            return text.endsWith(END_OF_CHUNKS);
        }
        int from = at + LENGTH.length();
        int to = text.indexOf('\r', from);
        return text.length() >= head + 4 + Integer.parseInt(text.substring(from, to));
    }

    /** Ends it, without a complaint. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is gone in any case.
        }
    }
}
