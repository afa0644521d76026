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

/** One connection of {@link OpenLoad}, with at most one request in flight. */
final class LoadConnection {
    private static final int LONGEST_ANSWER = 1 << 20;
    private static final int USUAL_ANSWER = 4 << 10;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final String LENGTH = "\r\ncontent-length: ";
    private static final String END_OF_CHUNKS = "\r\n0\r\n\r\n";

    private final SocketChannel channel;
    private final SelectionKey key;
    private ByteBuffer answer = ByteBuffer.allocate(USUAL_ANSWER);
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private boolean waiting;
    private long due;
    private long sent;

    /** Connects; the connection is the attachment of its selection key. */
    LoadConnection(InetSocketAddress server, Selector selector) throws IOException {
        channel = SocketChannel.open(server);
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Returns whether a response is awaited. */
    boolean isWaiting() {
        return waiting;
    }

    /** Returns when the request was due, by {@link System#nanoTime}. */
    long due() {
        return due;
    }

    /** Returns when the request was sent. */
    long sent() {
        return sent;
    }

    /** Sends a request that was due at a given time. */
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
     * Continues with the operations that the selector reports as ready.
     *
     * @return the status if the response is complete; otherwise 0
     * @throws IOException if the connection cannot be used any more
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
                grow();
            }
            return 0;
        }
        waiting = false;
        return Integer.parseInt(new String(answer.array(), STATUS_AT, 3, US_ASCII));
    }

    private void grow() throws IOException {
        if (answer.capacity() == LONGEST_ANSWER) {
            throw new IOException("An answer of more than " + LONGEST_ANSWER + " bytes");
        }
        answer = ByteBuffer.allocate(2 * answer.capacity()).put(answer.flip());
    }

    /**
     * Returns whether the response is complete, by its length or its last chunk. Nothing can follow it, since there is
     * one request at a time.
     */
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

    /** Closes the connection and ignores failures. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The connection is not used again.
        }
    }
}
