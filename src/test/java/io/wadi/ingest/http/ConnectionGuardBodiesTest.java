package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The memory that the guard charges for bodies on one connection, and when it decodes them.
 */
class ConnectionGuardBodiesTest extends ConnectionGuardTestSupport {
    @Test
    void bodyOfTinyChunks_isDecodedInSeveralTurns_andItsBytesAreCharged() {
        turn.isOver = true;
        receive(head("/events/x") + "1\r\na\r\n".repeat(5000) + "0\r\n\r\n");

        int turns = 1;
        int decoded = contents();
        assertThat(decoded).isBetween(1, 32);
        assertThat(inFlight.bytes()).isGreaterThan(20_000);
        while (!turn.later.isEmpty()) {
            assertThat(turn.later).hasSize(1);
            turn.later.remove().run();
            int more = contents();
            assertThat(more).isBetween(1, 32);
            decoded += more;
            turns++;
        }
        assertThat(decoded).isEqualTo(5001);
        assertThat(turns).isGreaterThan(100);
    }

    /** Decoding ten thousand chunks of one byte takes as long as decoding a megabyte of events. */
    @Test
    void bodiesOfShortChunks_areDecoded() {
        int chunks = 2 * BodyParts.MAX_TINY;
        receive(head("/events/x") + "10\r\n0123456789abcdef\r\n".repeat(chunks) + "0\r\n\r\n");
        assertThat(contents()).isEqualTo(chunks + 1);

        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        receive(head("/events/x") + "1\r\na\r\n".repeat(BodyParts.MAX_TINY - 1) + "0\r\n\r\n");
        assertThat(contents()).isEqualTo(BodyParts.MAX_TINY);
    }

    @Test
    void deferredBytes_ofAConnectionThatIsPausedMeanwhile_areDecodedOnceItResumes_andNoMoreIsRead() {
        AtomicInteger reads = new AtomicInteger();
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext from) throws Exception {
                reads.incrementAndGet();
                super.read(from);
            }
        });
        turn.isOver = true;
        receive(head("/events/x") + "1\r\na\r\n".repeat(40) + "0\r\n\r\n");
        int decoded = contents();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        int before = reads.get();

        turn.later.remove().run();
        channel.runPendingTasks();
        assertThat(contents()).isZero();
        assertThat(turn.later).isEmpty();
        assertThat(reads).hasValue(before);

        turn.isOver = false;
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(decoded + contents()).isEqualTo(41);
    }

    /** Stops reading at a number of body parts, as Vert.x does once: it stops again only after it has resumed. */
    private void pauseBodyAt(int parts) {
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            private int count;

            @Override
            public void channelRead(ChannelHandlerContext from, Object message) {
                count += message instanceof HttpContent ? 1 : 0;
                if (count == parts) {
                    channel.config().setAutoRead(false);
                }
                from.fireChannelRead(message);
            }
        });
    }

    /** A read of 64 KiB can contain ten thousand chunks, and Vert.x queues each in objects of 100 bytes. */
    @Test
    void pausedBody_isNotDecodedFurther_andItsBytesAreCharged() {
        pauseBodyAt(8);
        receive(head("/events/x") + "1\r\na\r\n".repeat(5000) + "0\r\n\r\n");

        assertThat(contents()).isEqualTo(8);
        assertThat(inFlight.bytes()).isBetween(28L << 10, 32L << 10);
        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        assertThat(contents()).isEqualTo(5001 - 8);
    }

    /** Vert.x would not pause it again. */
    @Test
    void pausedBody_remainsPaused_whenTheClientHasReadAResponse() {
        pauseBodyAt(8);
        receive(head("/events/x") + "1\r\na\r\n".repeat(5000) + "0\r\n\r\n");
        assertThat(contents()).isEqualTo(8);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(contents()).isZero();

        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        assertThat(contents()).isEqualTo(5001 - 8);
    }

    @Test
    void bodyThatResumesWhileTheClientReadsNoResponses_isDecodedOnceItHasReadThem() {
        pauseBodyAt(8);
        receive(head("/events/x") + "1\r\na\r\n".repeat(5000) + "0\r\n\r\n");
        assertThat(contents()).isEqualTo(8);
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        channel.runPendingTasks();
        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isFalse();
        assertThat(contents()).isZero();

        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        channel.runPendingTasks();
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(contents()).isEqualTo(5001 - 8);
    }

    /** Vert.x queues the body of a pipelined request, and of one that is held before it is admitted. */
    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost:\r\n\r\n"})
    void queuedBody_isChargedUntilTheResponse(String before) {
        receive(before + head("/events/x") + "1\r\na\r\n".repeat(100));
        assertThat(inFlight.bytes()).isBetween(12L << 10, 20L << 10);
        receive("0\r\n\r\n");

        for (int i = 0; i < (before.isEmpty() ? 1 : 2); i++) {
            assertThat(inFlight.bytes()).isBetween(12L << 10, 20L << 10);
            channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));
        }
        channel.pipeline().fireChannelReadComplete();
        assertThat(inFlight.bytes()).isZero();
    }

    @Test
    void bodyOfAnAdmittedRequest_isNotChargedToTheConnection() {
        receive(head("/events/x"));
        receiveBody(reason -> {
            throw new AssertionError(reason);
        });
        receive("1\r\na\r\n".repeat(100));

        assertThat(inFlight.bytes()).isLessThan(4 << 10);
    }

    /** Vert.x would throw an exception for a queued request without an end, and notify no response. */
    @Test
    void truncatedQueuedRequest_isMarkedAsFailed_andEnded_whenTheClientDisconnects() {
        receive("GET / HTTP/1.1\r\nHost:\r\n\r\n");
        receive(head("/events/x"));
        List<HttpRequest> requests = requests();
        receive("3\r\nabc\r\n");
        ReferenceCountUtil.release(channel.readInbound());
        channel.close();

        assertThat(requests).hasSize(2);
        assertThat(requests.get(0).decoderResult().isSuccess()).isTrue();
        assertThat(requests.get(1).decoderResult().isSuccess())
                .as("not passed to a route")
                .isFalse();
        assertThat(channel.<Object>readInbound()).isInstanceOf(LastHttpContent.class);
        assertThat(channel.<Object>readInbound()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3\r\nabc\r\n0\r\n\r\n"})
    void requestWithoutOthersBefore_orWithItsEnd_isNotEndedWhenTheClientDisconnects(String body) {
        String before = body.isEmpty() ? "" : "GET / HTTP/1.1\r\nHost:\r\n\r\n";
        receive(before + head("/events/x") + body);
        contents();
        channel.close();

        assertThat(channel.<Object>readInbound()).isNull();
    }
}
