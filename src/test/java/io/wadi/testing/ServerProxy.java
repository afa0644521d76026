package io.wadi.testing;

import io.wadi.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.netcrusher.core.reactor.NioReactor;
import org.netcrusher.core.throttle.Throttler;
import org.netcrusher.tcp.TcpCrusher;
import org.netcrusher.tcp.TcpCrusherBuilder;

/** A proxy of one server; tests delay, drop and break its connections. */
public final class ServerProxy implements AutoCloseable {
    private final String name;
    private final int port = Ports.free();
    private final NioReactor reactor = newReactor();
    private final TcpCrusher crusher;
    private volatile long delayNanos = Throttler.NO_DELAY_NS;

    /** Opens a proxy of a local port. */
    public ServerProxy(String name, int server) {
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

    /** Returns the server's name. */
    public String name() {
        return name;
    }

    /** Returns the proxy's port. */
    public int port() {
        return port;
    }

    /** From now on, delays data in both directions; a delay of zero ends this. */
    public void slowDown(Duration delay) {
        delayNanos = delay.isZero() ? Throttler.NO_DELAY_NS : delay.toNanos();
    }

    /** Drops all data while connections stay open, and accepts no new connections. */
    public void blackhole() {
        crusher.freeze();
    }

    /** Forwards everything again, including delayed data. */
    public void restore() {
        crusher.unfreeze();
    }

    /** Closes all connections; new ones are accepted. */
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
