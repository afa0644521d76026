package io.wadi.bench.siege;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** All connections of one kind, from their own address in the loopback network. Used on its event loop. */
final class Squad {
    private static final int CONNECT_WITHIN_MS = 5_000;
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final HostileKind kind;
    private final Target target;
    private final Bootstrap bootstrap;
    private final InetSocketAddress from;
    private final Outcome outcome = new Outcome();
    private final Deque<HostileConnection> ready = new ArrayDeque<>();
    private int open;
    private long shots;
    private double due = 1;
    private long lastTick;

    /**
     * Creates the squad of a kind.
     *
     * @param number distinguishes its address from those of other kinds
     * @param tls the TLS context of the kind's protocol; not used if the port has no TLS
     */
    Squad(HostileKind kind, int number, Target target, EventLoop loop, SslContext tls) {
        this.kind = kind;
        this.target = target;
        this.from = new InetSocketAddress("127.66.%d.1".formatted(number), 0);
        int port = kind.protocol() == Protocol.MANAGEMENT ? target.managementPort() : target.port();
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .remoteAddress("127.0.0.1", port)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_WITHIN_MS)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        prepare(channel, tls);
                    }
                });
        if (kind.conduct() == Conduct.DEAF) {
            bootstrap.option(ChannelOption.SO_RCVBUF, 4 << 10);
        }
    }

    private void prepare(Channel channel, SslContext tls) {
        switch (kind.protocol()) {
            case TCP -> {
                // The responses are TLS records; only the end of the connection matters.
            }
            case HTTP2 ->
                channel.pipeline().addLast(tls.newHandler(channel.alloc())).addLast(new Http2Answers());
            case TLS, HTTP1, MANAGEMENT -> {
                if (target.tls() && kind.protocol() != Protocol.MANAGEMENT) {
                    channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                }
                channel.pipeline().addLast(new HttpResponseDecoder());
            }
        }
        channel.pipeline().addLast(new HostileConnection(this));
    }

    HostileKind kind() {
        return kind;
    }

    Outcome outcome() {
        return outcome;
    }

    int open() {
        return open;
    }

    Shot nextShot(int onConnection) {
        return new Shot(target, shots++, onConnection);
    }

    /** Accepts a connection that can send again. */
    void ready(HostileConnection connection) {
        ready.add(connection);
    }

    void closed() {
        open--;
    }

    /** Sends or connects as often as is due at {@code now}, by {@link System#nanoTime}. */
    void tick(long now) {
        if (lastTick != 0) {
            // Limits the shots that are due after a long pause.
            due = Math.min(due + kind.perSecond() * (now - lastTick) / NANOS, Math.max(1, kind.perSecond() / 5));
        }
        lastTick = now;
        while (due >= 1 && act()) {
            due--;
        }
    }

    private boolean act() {
        while (!ready.isEmpty()) {
            HostileConnection next = ready.poll();
            if (next.isOpen()) {
                next.send();
                return true;
            }
        }
        if (open < kind.connections()) {
            connect();
            return true;
        }
        return false;
    }

    private void connect() {
        open++;
        bootstrap.clone().localAddress(from).connect().addListener((ChannelFutureListener) connected -> {
            if (connected.isSuccess()) {
                outcome.opened();
            } else {
                open--;
                outcome.ended("not-connected");
            }
        });
    }
}
