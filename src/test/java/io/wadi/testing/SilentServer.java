package io.wadi.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Accepts connections, as the system does for a frozen process, and sends nothing. */
public final class SilentServer implements AutoCloseable {
    private final ServerSocket socket;
    /** Taken from the system's queue. */
    private final List<Socket> connections = new ArrayList<>();

    /** On a port, or 0 for a free one. */
    public SilentServer(int port) throws IOException {
        socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    /** The port on localhost. */
    public int port() {
        return socket.getLocalPort();
    }

    /**
     * Waits for a connection that is made after this call; it and those before stay open.
     *
     * @throws SocketTimeoutException if none came in time
     */
    public void awaitConnection(Duration timeout) throws IOException {
        socket.setSoTimeout(1);
        try {
            while (true) {
                connections.add(socket.accept());
            }
        } catch (SocketTimeoutException allAreTaken) {
            socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
            connections.add(socket.accept());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
