package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.wadi.runtime.security.HeadDecoder;
import org.junit.jupiter.api.Test;

/** The memory that the guard charges for the heads of requests on one connection, and when it decodes them. */
class ConnectionGuardHeadsTest extends ConnectionGuardTestSupport {
    @Test
    void headersOfAnIncompleteHead_areChargedWithObjectOverhead() {
        receive("GET /x HTTP/1.1\r\nHost: x\r\n");
        for (int i = 0; i < 90; i++) {
            receive("a:b\r\n");
        }

        assertThat(inFlight.bytes()).isBetween(8L << 10, 16L << 10);
        receive("\r\n");
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.runPendingTasks();
        channel.pipeline().fireChannelReadComplete();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void headersOfThePreviousRequest_areNotCounted_withAnyReadBoundaries() {
        String head = "GET /x HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(99) + "\r\n";
        for (char next : head.repeat(3).toCharArray()) {
            receive(String.valueOf(next));
        }
        assertThat(requests())
                .hasSize(3)
                .allSatisfy(request ->
                        assertThat(request.decoderResult().isSuccess()).isTrue());

        receive(head.replace("Host", "a:b\r\nHost"));
        assertThat(requests())
                .singleElement()
                .satisfies(
                        request -> assertThat(request.decoderResult().cause()).hasMessage(HeadDecoder.TOO_MANY));
    }

    /** A request of 20 bytes becomes objects of 500 bytes. */
    @Test
    void pipelinedRequestsBeyondTheLimit_areDecodedAfterResponses_andEachIsCharged() {
        receive("GET / HTTP/1.1\r\nHost:\r\n\r\n".repeat(1000));

        assertThat(requests()).hasSize(17);
        assertThat(inFlight.bytes()).isBetween(17L << 10, 17L * 1200 + 1000 * 30);
        for (int answered = 1; answered <= 1000; answered++) {
            channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));
            channel.runPendingTasks();
            assertThat(requests()).hasSize(answered + 17 <= 1000 ? 1 : 0);
        }
        channel.pipeline().fireChannelReadComplete();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void smallRequest_isNotDeferred() {
        turn.isOver = true;
        for (int i = 0; i < 40; i++) {
            receive("GET / HTTP/1.1\r\nHost:\r\n\r\n");
            channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));
        }

        assertThat(requests()).hasSize(40);
        assertThat(turn.later).isEmpty();
    }
}
