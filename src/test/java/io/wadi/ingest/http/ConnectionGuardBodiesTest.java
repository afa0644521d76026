package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.wadi.ingest.event.RequestException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The memory that the guard charges for bodies on one connection, when it decodes them, and the responses that it sends
 * for malformed ones.
 */
class ConnectionGuardBodiesTest extends ConnectionGuardTestSupport {
    private static final String NOT_CHUNKED = "the headers declare chunked transfer coding, but the body is not in it";

    @ParameterizedTest
    @CsvSource({
        "/events/x, application/json, '{\"error\":\"REASON\"}'",
        "/events/x?a=/topics/x, application/json, '{\"error\":\"REASON\"}'",
        "/topics/x, application/vnd.kafka.v2+json, '{\"error_code\":400,\"message\":\"REASON\"}'",
        "/topics/x?a=b, application/vnd.kafka.v2+json, '{\"error_code\":400,\"message\":\"REASON\"}'"
    })
    void malformedBodyBeforeItsRouteStarts_isAnsweredInThePathsFormat_andClosed(
            String target, String type, String body) {
        receive(head(target));
        assertThat(channel.<Object>readInbound()).isInstanceOf(HttpRequest.class);
        receive("3\r\n{\"a\r\n");
        assertThat(channel.isOpen()).isTrue();
        receive("zz\r\n");

        assertAnswer(type, body.replace("REASON", NOT_CHUNKED));
        assertClosedAsBroken();
    }

    /** The page's script can read the reason if its origin is allowed. */
    @Test
    void malformedBodyBeforeItsRouteStarts_isAnsweredWithTheHeadersOfItsOrigin() {
        receive(head("/events/x").replaceFirst("Host", "Origin: " + ORIGIN + "\r\nHost") + "zz\r\n");

        assertThat(sent().split("\r\n"))
                .contains(
                        "Access-Control-Allow-Origin: " + ORIGIN,
                        "Access-Control-Expose-Headers: Retry-After, Preference-Applied",
                        "Vary: Origin");
    }

    @Test
    void malformedBodyOfAnotherOrigin_isAnsweredWithoutAllowingIt() {
        receive(head("/events/x").replaceFirst("Host", "Origin: https://other.example\r\nHost") + "zz\r\n");

        assertThat(sent()).contains("\r\nVary: Origin\r\n").doesNotContain("Access-Control");
    }

    @Test
    void malformedBodyInTheSameReadAsItsHead_isAnswered() {
        receive(head("/topics/x") + "zz\r\n");

        assertAnswer("application/vnd.kafka.v2+json", "{\"error_code\":400,\"message\":\"%s\"}".formatted(NOT_CHUNKED));
        assertThat(channel.isOpen()).isFalse();
    }

    /** The route that reads the body responds with the receipts so far. */
    @Test
    void bodyThatBecomesMalformedWhileRead_isAnsweredByItsRoute() {
        List<RequestException> cut = new ArrayList<>();
        receive(head("/events/x"));
        receiveBody(cut::add);
        receive("zz\r\n");

        assertThat(cut).singleElement().satisfies(reason -> {
            assertThat(reason.status()).isEqualTo(400);
            assertThat(reason).hasMessage(NOT_CHUNKED);
        });
        assertThat(channel.<Object>readOutbound()).isNull();
        assertThat(channel.isOpen()).isTrue();
    }

    /** A response with some hundred receipts has several parts, each of which is flushed. */
    @Test
    void bodyThatBecomesMalformedWhileRead_closesTheConnectionAfterTheLastPartOfTheResponse() {
        receive(head("/events/x"));
        receiveBody(reason -> {});
        receive("zz\r\n");
        HttpResponse begin = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
        begin.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        channel.writeOutbound(begin);
        channel.writeOutbound(new DefaultHttpContent(Unpooled.copiedBuffer("abc", UTF_8)));
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(LastHttpContent.EMPTY_LAST_CONTENT);

        assertThat(sent()).startsWith("HTTP/1.1 400 ").endsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
        assertClosedAsBroken();
    }

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
    void bodyOfTooManyTinyChunks_isRejected() {
        receive(head("/events/x"));
        assertThat(channel.<Object>readInbound()).isInstanceOf(HttpRequest.class);
        receive("1\r\na\r\n".repeat(BodyParts.MAX_TINY));
        assertThat(contents()).isEqualTo(BodyParts.MAX_TINY);
        assertThat(channel.isOpen()).isTrue();
        receive("1\r\na\r\n".repeat(100));

        assertThat(contents()).isZero();
        assertAnswer(
                "application/json",
                "{\"error\":\"the body's first 10,001 chunks have 10,001 bytes, expected at least 16 each on average: send"
                        + " larger chunks\"}");
        assertClosedAsBroken();
    }

    @Test
    void bodyOfTooManyTinyChunksAfterARequestInProgress_closesTheConnectionAfterItsResponse() {
        receive("GET / HTTP/1.1\r\nHost:\r\n\r\n" + head("/events/x"));
        receive("1\r\na\r\n".repeat(BodyParts.MAX_TINY + 100));
        contents();
        receive("1\r\na\r\n0\r\n\r\n" + head("/events/x"));
        assertThat(contents()).isZero();
        assertThat(channel.isOpen()).isTrue();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT));

        assertThat(sent()).startsWith("HTTP/1.1 204 ");
        assertClosedAsBroken();
    }

    /** The client would take a second response for that of its next request. */
    @Test
    void bodyOfTooManyTinyChunksAfterItsResponse_closesTheConnectionWithoutAnotherOne() {
        receive(head("/events/x"));
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NOT_FOUND));
        assertThat(sent()).startsWith("HTTP/1.1 404 ");
        receive("1\r\na\r\n".repeat(BodyParts.MAX_TINY + 100));
        contents();

        assertThat(sent()).isEmpty();
        assertClosedAsBroken();
    }

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

    /** Adds the body of a route that is receiving it. */
    private void receiveBody(Consumer<RequestException> aborted) {
        IncomingBodies.of(channel).add(IncomingBodies.NO_STREAM, new IncomingBodies.Body() {
            @Override
            public void abort(RequestException reason) {
                aborted.accept(reason);
            }

            @Override
            public long heldBytes() {
                return 0;
            }
        });
    }

    /** Returns the number of body parts that were passed on since the last call. */
    private int contents() {
        int count = 0;
        for (Object each = channel.readInbound(); each != null; each = channel.readInbound()) {
            count += each instanceof HttpContent ? 1 : 0;
            ReferenceCountUtil.release(each);
        }
        return count;
    }

    private static String head(String target) {
        return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n";
    }

    private void assertAnswer(String type, String body) {
        String[] answer = sent().split("\r\n\r\n", 2);

        assertThat(answer[0].split("\r\n", -1))
                .startsWith("HTTP/1.1 400 Bad Request")
                .satisfies(headers -> assertThat(List.of(headers).subList(1, headers.length))
                        .filteredOn(header -> !header.startsWith("date: "))
                        .hasSize(4)
                        .usingElementComparator(String.CASE_INSENSITIVE_ORDER)
                        .containsExactlyInAnyOrder(
                                "content-type: " + type,
                                "content-length: " + body.length(),
                                "connection: close",
                                "vary: origin"));
        assertThat(answer[1]).isEqualTo(body);
    }

    private void assertClosedAsBroken() {
        assertThat(channel.isOpen()).isFalse();
        assertThat(meters.get("wadi.ingest.connections.ended")
                        .tag("reason", "broken")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    /** Returns all that was written. */
    private String sent() {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            byte[] bytes = new byte[next.readableBytes()];
            next.readBytes(bytes);
            next.release();
            sent.writeBytes(bytes);
        }
        return sent.toString(UTF_8);
    }
}
