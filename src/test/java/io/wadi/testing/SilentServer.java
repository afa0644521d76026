package io.wadi.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A server that accepts connections and sends nothing, as if its process were frozen. */
public final class SilentServer implements AutoCloseable {
    private final ServerSocket socket;

    /** Opens a port; 0 selects a free one. */
    public SilentServer(int port) throws IOException {
        socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    /** Returns the local port. */
    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
