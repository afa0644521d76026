package io.wadi.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** Connections with one request each, whose responses are awaited together. */
final class HeldConnections implements AutoCloseable {
    private static final long LONGEST_WAIT_MS = 60_000;
    private static final int OK = 200;

    private final Selector selector = Selector.open();
    private final List<LoadConnection> connections = new ArrayList<>();

    HeldConnections(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            connections.add(new LoadConnection(new InetSocketAddress("localhost", port), selector));
        }
    }

    /** Sends one request on each connection. */
    void send(List<byte[]> requests) throws IOException {
        for (int i = 0; i < connections.size(); i++) {
            connections.get(i).send(requests.get(i), System.nanoTime());
        }
    }

    /** Waits until each connection has received its response. */
    void awaitAnswers() throws IOException {
        int missing = connections.size();
        while (missing > 0) {
            if (selector.select(LONGEST_WAIT_MS) == 0) {
                throw new IOException(missing + " requests have no response");
            }
            for (var key : selector.selectedKeys()) {
                int status = ((LoadConnection) key.attachment()).proceed();
                if (status != 0 && status != OK) {
                    throw new IOException("A response with status " + status);
                }
                missing -= status == OK ? 1 : 0;
            }
            selector.selectedKeys().clear();
        }
    }

    @Override
    public void close() throws IOException {
        connections.forEach(LoadConnection::close);
        selector.close();
    }
}
