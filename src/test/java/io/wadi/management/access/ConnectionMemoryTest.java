package io.wadi.management.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients of the management port that send too much before a response or do not read responses. */
class ConnectionMemoryTest {
    private static final int KIB = 1 << 10;
    private static final int MOST = 1 << 20;
    private static final InetAddress PROXY = address(9);
    private static final Proxies PROXIES = Proxies.parse(PROXY.getHostAddress());

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ConnectionCounts counts = new ConnectionCounts(10, MOST, meters);
    private final List<EmbeddedChannel> open = new ArrayList<>();

    /** Keeps flushed bytes, as a socket does while the client does not read. */
    private static final class UnreadBytes extends ChannelOutboundHandlerAdapter {
        private boolean isTaken;

        @Override
        public void flush(ChannelHandlerContext context) {
            if (isTaken) {
                context.flush();
            }
        }

        void take(EmbeddedChannel channel) {
            isTaken = true;
            channel.flush();
            channel.runPendingTasks();
        }
    }

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private EmbeddedChannel connect(InetAddress peer) {
        EmbeddedChannel channel = new EmbeddedChannel(
                new UnreadBytes(), new HttpResponseEncoder(), new ConnectionMemory(PROXIES.peer(peer), counts));
        open.add(channel);
        return channel;
    }

    @AfterEach
    void close() {
        open.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertThat(held()).as("held by closed connections").isZero();
    }

    private static void request(EmbeddedChannel channel) {
        channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"));
    }

    private static void receive(EmbeddedChannel channel, int bytes) {
        channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[bytes])));
    }

    private static void respond(EmbeddedChannel channel, int bytes) {
        channel.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.writeAndFlush(new DefaultLastHttpContent(Unpooled.wrappedBuffer(new byte[bytes])));
    }

    private long held() {
        return (long) meters.get("wadi.management.held.bytes").gauge().value();
    }

    private double ended(String reason) {
        return meters.get("wadi.management.connections.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void request_isChargedUntilItsResponse() {
        EmbeddedChannel channel = connect(address(1));
        request(channel);
        receive(channel, 40 * KIB);
        channel.writeInbound(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(held()).isBetween(80L * KIB, 84L * KIB);

        channel.pipeline().get(UnreadBytes.class).take(channel);
        respond(channel, 100);
        assertThat(held()).isZero();
    }

    @Test
    void response_isChargedUntilTheClientHasReadIt() {
        EmbeddedChannel channel = connect(address(1));
        request(channel);
        respond(channel, 300 * KIB);
        assertThat(held()).isBetween(300L * KIB, 310L * KIB);

        channel.pipeline().get(UnreadBytes.class).take(channel);
        assertThat(held()).isZero();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void responsesBeyondTheLimit_closeTheirConnection_andOneNetworkGetsAtMostHalf() {
        EmbeddedChannel first = connect(address(1));
        request(first);
        respond(first, 400 * KIB);
        EmbeddedChannel second = connect(address(1));
        request(second);
        respond(second, 200 * KIB);
        assertThat(second.isOpen()).isFalse();
        assertThat(ended("memory-limit")).isEqualTo(1);
        assertThat(first.isOpen()).isTrue();

        EmbeddedChannel other = connect(address(2));
        request(other);
        respond(other, 400 * KIB);
        assertThat(other.isOpen()).isTrue();
        EmbeddedChannel third = connect(address(3));
        request(third);
        respond(third, 300 * KIB);
        assertThat(third.isOpen()).isFalse();
        assertThat(held()).isLessThanOrEqualTo(MOST);
    }

    @Test
    void proxy_mayUseAllMemory() {
        EmbeddedChannel proxy = connect(PROXY);
        request(proxy);
        respond(proxy, 900 * KIB);

        assertThat(proxy.isOpen()).isTrue();
    }

    @Test
    void tooManyBytesBeforeTheResponse_closeTheConnection() {
        EmbeddedChannel channel = connect(address(1));
        request(channel);
        for (int sent = 0; sent < ConnectionMemory.MAX_UNANSWERED; sent += 8 * KIB) {
            assertThat(channel.isOpen()).isTrue();
            receive(channel, 8 * KIB);
        }

        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("sent-ahead")).isEqualTo(1);
    }

    @Test
    void partsOfABody_areChargedWithObjectOverhead() {
        EmbeddedChannel channel = connect(address(1));
        request(channel);
        for (int i = 0; i < 100; i++) {
            receive(channel, 1);
        }
        assertThat(held()).isBetween(24L * KIB, 32L * KIB);
        for (int i = 0; i < 2_000 && channel.isOpen(); i++) {
            receive(channel, 1);
        }

        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("sent-ahead")).isEqualTo(1);
    }

    @Test
    void requestHeads_areCharged() {
        EmbeddedChannel channel = connect(address(1));
        for (int i = 0; i < 10; i++) {
            DefaultFullHttpRequest head = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            head.headers().set("X-Long", "x".repeat(16 * KIB));
            channel.writeInbound(head);
        }

        assertThat(held()).isBetween(10L * 2 * 16 * KIB, 11L * 2 * 16 * KIB);
    }

    @Test
    void requestsAndHeaders_areChargedWithObjectOverhead() {
        EmbeddedChannel channel = connect(address(1));
        for (int i = 0; i < 16; i++) {
            DefaultFullHttpRequest head = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
            head.headers().set("a", "b");
            channel.writeInbound(head);
        }
        assertThat(held()).isGreaterThanOrEqualTo(16L * 2 * (KIB + 128));
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void bodyContinuedAfterItsResponse_isNotCharged() {
        EmbeddedChannel channel = connect(address(1));
        channel.pipeline().get(UnreadBytes.class).take(channel);
        request(channel);
        receive(channel, 8 * KIB);
        respond(channel, 10);
        for (int i = 0; i < 100; i++) {
            receive(channel, 8 * KIB);
        }

        assertThat(channel.isOpen()).isTrue();
        assertThat(held()).isZero();
    }
}
