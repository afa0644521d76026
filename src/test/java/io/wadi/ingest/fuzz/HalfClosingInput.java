package io.wadi.ingest.fuzz;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * Reads the response to a request that may be incomplete: after a pause it half-closes the connection, and continues to
 * read.
 */
final class HalfClosingInput extends FilterInputStream {
    private static final int PAUSE_MS = 200;

    private final Socket socket;
    private final int timeoutMs;
    private boolean ended;

    HalfClosingInput(Socket socket, int timeoutMs, InputStream in) throws IOException {
        super(in);
        this.socket = socket;
        this.timeoutMs = timeoutMs;
        socket.setSoTimeout(PAUSE_MS);
    }

    /** Returns whether it has half-closed the connection. */
    boolean ended() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (SocketTimeoutException quiet) {
            end(quiet);
            return super.read();
        }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        try {
            return super.read(bytes, from, length);
        } catch (SocketTimeoutException quiet) {
            end(quiet);
            return super.read(bytes, from, length);
        }
    }

    private void end(SocketTimeoutException quiet) throws IOException {
        if (ended) {
            throw quiet;
        }
        ended = true;
        socket.setSoTimeout(timeoutMs);
        socket.shutdownOutput();
    }
}
