package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.wadi.runtime.security.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientDeadlinesTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final ConnectionCounts counts = new ConnectionCounts(10, 1, meters);
    private final EmbeddedChannel channel = new EmbeddedChannel();

    ClientDeadlinesTest() {
        channel.freezeTime();
        channel.pipeline().addLast(new ClientDeadlines(TIMEOUT, counts));
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    private void request() {
        channel.writeInbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/"));
    }

    private void respond() {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
    }

    private void isWritable(boolean is) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, is);
        channel.runPendingTasks();
    }

    private double ended(String reason) {
        return meters.get("wadi.management.connections.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void requestInProgress_hasNoDeadline_andTheNextOneHas() {
        request();
        pass(TIMEOUT.multipliedBy(100));
        assertThat(channel.isOpen()).isTrue();
        respond();
        pass(TIMEOUT.minusMillis(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("unused")).isEqualTo(1);
    }

    @Test
    void unreadResponse_hasADeadline() {
        request();
        isWritable(false);
        pass(TIMEOUT.minusMillis(1));
        isWritable(true);
        isWritable(false);
        pass(TIMEOUT.minusMillis(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("unread")).isEqualTo(1);
    }

    @Test
    void pipelinedRequests_areLimited() {
        for (int i = 0; i < 16; i++) {
            request();
        }
        assertThat(channel.isOpen()).isTrue();
        request();
        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("sent-ahead")).isEqualTo(1);
    }

    private static HttpRequest head() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/connectors");
    }

    private static HttpContent malformedChunk() {
        HttpContent chunk = new DefaultLastHttpContent();
        chunk.setDecoderResult(DecoderResult.failure(new NumberFormatException()));
        return chunk;
    }

    @Test
    void malformedChunk_is400_andClosesTheConnection() {
        channel.writeInbound(head(), malformedChunk());

        FullHttpResponse response = channel.readOutbound();
        assertThat(response.status()).isEqualTo(HttpResponseStatus.BAD_REQUEST);
        assertThat(response.headers().get(HttpHeaderNames.CONNECTION)).isEqualTo("close");
        assertThat(response.content().toString(US_ASCII))
                .isEqualTo("{\"error_code\":400,\"message\":"
                        + "\"the headers declare chunked transfer coding, but the body is not in it\"}");
        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("broken")).isEqualTo(1);
    }

    /** A client would take the response for that of an earlier request. */
    @Test
    void malformedChunk_closesTheConnection_ifAnotherResponseIsDueOrHasBegun() {
        request();
        channel.writeInbound(head(), malformedChunk());

        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.isOpen()).isFalse();
        assertThat(ended("broken")).isEqualTo(1);

        EmbeddedChannel other = new EmbeddedChannel(new ClientDeadlines(TIMEOUT, counts));
        other.writeInbound(head());
        other.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        assertThat(other.<HttpResponse>readOutbound().status()).isEqualTo(HttpResponseStatus.OK);
        other.writeInbound(malformedChunk());

        assertThat(other.<Object>readOutbound()).isNull();
        assertThat(other.isOpen()).isFalse();
    }

    @Test
    void oneNetwork_mayUseHalfOfTheConnections_andAProxyAll() throws Exception {
        Peer one = new Peer(InetAddress.getByName("192.0.2.1"), false);
        for (int i = 0; i < 5; i++) {
            assertThat(counts.tryOpen(one)).isTrue();
        }
        assertThat(counts.tryOpen(one)).isFalse();
        assertThat(counts.tryOpen(new Peer(InetAddress.getByName("192.0.2.2"), false)))
                .isTrue();
        counts.closed(one);
        assertThat(counts.tryOpen(one)).isTrue();
        assertThat(ended("too-many")).isEqualTo(1);
    }
}
