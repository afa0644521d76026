package io.wadi.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Accepts connections, as the system does for a frozen process, and sends nothing. */
public final class SilentServer implements AutoCloseable {
    private final ServerSocket socket;

    /** On a port, or 0 for a free one. */
    public SilentServer(int port) throws IOException {
        socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    /** The port on localhost. */
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
