package io.wadi.testing;

import io.wadi.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.netcrusher.core.reactor.NioReactor;
import org.netcrusher.core.throttle.Throttler;
import org.netcrusher.tcp.TcpCrusher;
import org.netcrusher.tcp.TcpCrusherBuilder;

/** The connections to one server, by way of a port that a test slows down, silences and breaks. */
public final class ServerLine implements AutoCloseable {
    private final String name;
    private final int port = Ports.free();
    private final NioReactor reactor = newReactor();
    private final TcpCrusher crusher;
    private volatile long delayNanos = Throttler.NO_DELAY_NS;

    /** Opens a line to a port of this machine. */
    public ServerLine(String name, int server) {
        this.name = name;
        crusher = TcpCrusherBuilder.builder()
                .withReactor(reactor)
                .withBindAddress("127.0.0.1", port)
                .withConnectAddress("127.0.0.1", server)
                .withTcpNoDelay(true)
                .withIncomingThrottlerFactory(client -> bytes -> delayNanos)
                .withOutgoingThrottlerFactory(client -> bytes -> delayNanos)
                .buildAndOpen();
    }

    /** The server's name. */
    public String name() {
        return name;
    }

    /** The port on this side. */
    public int port() {
        return port;
    }

    /** From now on what is sent, either way, comes so much later; not at all where it is zero. */
    public void slowDown(Duration delay) {
        delayNanos = delay.isZero() ? Throttler.NO_DELAY_NS : delay.toNanos();
    }

    /** Nothing gets through, and connections stay open; new ones are not taken. */
    public void blackhole() {
        crusher.freeze();
    }

    /** Everything gets through again, including delayed data. */
    public void restore() {
        crusher.unfreeze();
    }

    /** Ends all connections; new ones are taken. */
    public void breakConnections() {
        crusher.closeAllPairs();
    }

    private static NioReactor newReactor() {
        try {
            return new NioReactor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        crusher.close();
        reactor.close();
    }
}
