package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.wadi.ingest.event.RequestException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The responses that the guard sends for malformed bodies, which close the connection. */
class ConnectionGuardMalformedBodiesTest extends ConnectionGuardTestSupport {
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
}
