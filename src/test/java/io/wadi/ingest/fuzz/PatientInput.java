package io.wadi.ingest.fuzz;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/** Reads what a server says to a request that may not be at its end: after a while it says that nothing more comes, and reads on. */
final class PatientInput extends FilterInputStream {
    private static final int A_WHILE_MS = 200;

    private final Socket socket;
    private final int patienceMs;
    private boolean ended;

    PatientInput(Socket socket, int patienceMs, InputStream in) throws IOException {
        super(in);
        this.socket = socket;
        this.patienceMs = patienceMs;
        socket.setSoTimeout(A_WHILE_MS);
    }

    /** Whether it has said that nothing more comes. */
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
        socket.setSoTimeout(patienceMs);
        socket.shutdownOutput();
    }
}
