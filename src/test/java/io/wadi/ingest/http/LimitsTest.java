package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.testing.Http;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests above the configured limits and invalid HTTP are rejected with a reason. */
class LimitsTest {
    @AutoClose
    private static EventEndpoint port;

    @BeforeAll
    static void open() throws Exception {
        port = new EventEndpoint(List.of("*"), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/length")
                        .process(exchange -> exchange.getMessage()
                                .setBody(exchange.getMessage().getBody(byte[].class).length + " bytes"));
                from("platform-http:/chunks")
                        .process(exchange -> exchange.getMessage()
                                .setBody(Stream.of("a", "b", "c")
                                        .map(text -> text.getBytes(US_ASCII))
                                        .iterator()));
                from("platform-http:/empty")
                        .process(exchange ->
                                exchange.getMessage().setBody(List.of().iterator()));
                from("platform-http:/cut")
                        .process(exchange -> exchange.getMessage()
                                .setBody(List.of("a".getBytes(US_ASCII), "no bytes")
                                        .iterator()));
            }
        });
    }

    @Test
    void tooLongRequestLine_is414() throws Exception {
        assertThat(port.answerTo("GET /" + "x".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .matches("(?s)HTTP/1.[01] 414 .*")
                .endsWith("{\"error\":\"the request line is longer than wadi.http.max-uri\"}");
    }

    /** The header with the origin is not decoded. */
    @ParameterizedTest
    @ValueSource(strings = {"GET /%1$s HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX-Long: %1$s%1$s\r\n", "GET / HTTP/9.9\r\n"})
    void rejectionOfAnInvalidHead_isReadableForPages(String head) throws Exception {
        assertThat(port.answerTo(head.formatted("x".repeat(2000)) + "Host: x\r\nOrigin: https://shop.example\r\n\r\n"))
                .matches("(?s)HTTP/1.[01] 4.*")
                .containsIgnoringCase("\r\naccess-control-allow-origin: *\r\n");
    }

    @Test
    void tooLongQuery_isRejectedInTheFormatOfItsPath() throws Exception {
        String query = "?a=" + "x".repeat(2000) + " HTTP/1.1\r\nHost: x\r\n\r\n";

        assertThat(port.answerTo("GET /pixel.gif" + query))
                .matches("(?s)HTTP/1.[01] 414 .*")
                .containsIgnoringCase("\r\ncontent-type: image/gif\r\n")
                .contains("GIF89a");
        assertThat(port.answerTo("GET /topics/a" + query))
                .matches("(?s)HTTP/1.[01] 414 .*")
                .containsIgnoringCase("\r\ncontent-type: application/vnd.kafka.v2+json\r\n")
                .contains("\"error_code\":414");
    }

    @Test
    void tooLargeHeaders_are431() throws Exception {
        assertThat(port.answerTo("GET /length HTTP/1.1\r\nHost: x\r\nX-Long: " + "x".repeat(4000) + "\r\n\r\n"))
                .matches("(?s)HTTP/1.[01] 431 .*")
                .endsWith("{\"error\":\"the headers are larger than wadi.http.max-headers\"}");
    }

    /** Of the headers, those before the excess one are decoded. */
    @Test
    void tooManyHeaders_areRejectedInTheFormatOfTheirPath_readableForPages() throws Exception {
        assertThat(port.answerTo("POST /topics/a HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n"
                        + "a:b\r\n".repeat(100) + "\r\n"))
                .startsWith("HTTP/1.1 431 ")
                .containsIgnoringCase("\r\ncontent-type: application/vnd.kafka.v2+json\r\n")
                .containsIgnoringCase("\r\naccess-control-allow-origin: *\r\n")
                .endsWith("{\"error_code\":431,\"message\":\"a request has at most 100 headers\"}");
    }

    /** The limit also applies before the headers are complete. */
    @Test
    void tooManyHeaders_are431() throws Exception {
        for (String end : List.of("", "\r\n")) {
            assertThat(port.answerTo("GET /length HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(100) + end))
                    .startsWith("HTTP/1.1 431 ")
                    .endsWith("{\"error\":\"a request has at most 100 headers\"}");
        }
        assertThat(port.answerTo("GET /length HTTP/1.1\r\nHost: x\r\n" + ":\r\n".repeat(100)))
                .startsWith("HTTP/1.1 4");
        assertThat(port.answerTo(
                        "GET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + "a:b\r\n".repeat(98) + "\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void tooManyTrailers_closeTheConnection() throws Exception {
        assertThat(port.answerTo("POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                        + "a:b\r\n".repeat(101)))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void linesOfBodiesAndPipelinedRequests_doNotCountAsHeaders() throws Exception {
        String body = EventEndpoint.head("POST /length HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
                + "2\r\n\n\n\r\n".repeat(200) + "0\r\n\r\n";
        String last = EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close");

        assertThat(port.answerTo(body.repeat(50) + last).split("400 bytes", -1)).hasSize(51);
    }

    @Test
    void pipelinedRequests_areAnsweredInOrder() throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            requests.append(EventEndpoint.head("POST /length HTTP/1.1", "Host: x", "Content-Length: " + i % 10))
                    .append("x".repeat(i % 10));
        }
        String last = EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close");

        String[] answers = port.answerTo(requests + last).split(" bytes", -1);

        assertThat(answers).hasSize(502);
        for (int i = 0; i < 500; i++) {
            assertThat(answers[i]).endsWith("\r\n\r\n" + i % 10);
        }
    }

    @Test
    void malformedRequest_is400() throws Exception {
        assertThat(port.answerTo("GET /length HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n"))
                .matches("(?s)HTTP/1.[01] 400 .*\r\n[Dd]ate: .*")
                .endsWith("{\"error\":\"the request is malformed\"}");
    }

    @Test
    void otherHttpVersions_are400_withoutEcho() throws Exception {
        for (String version : List.of("HTTP/9.9", "HTTP/0.9", "http/1.1", "FTP/1.1", "HTTP/1.99999999999")) {
            assertThat(port.answerTo("GET /length " + version + "\r\nHost: x\r\n\r\n"))
                    .matches("(?s)HTTP/1.[01] 400 .*")
                    .endsWith("{\"error\":\"the request is malformed\"}");
        }
    }

    @Test
    void malformedHeaderWithAnotherVersion_is400_withoutEcho() throws Exception {
        for (String version : List.of("HTTP/9.9", "HTbP/1.1", "http/1.1")) {
            assertThat(port.answerTo("GET /length " + version + "\r\nHost: x\r\nNoColon\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 Bad Request\r\n");
        }
    }

    @Test
    void malformedChunk_closesTheConnection_withoutCallingTheRoute() throws Exception {
        assertThat(port.answerTo("POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain("200 OK", "bytes");
    }

    /** A proxy in front of the port could read another length, and take the rest of the body for a request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 2\r\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\r\nContent-Length: 2",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: chunked, chunked",
                "Transfer-Encoding: identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: gzip\r\nContent-Length: 2",
                "Transfer-Encoding: \u000bchunked",
                "Transfer-Encoding : chunked",
                "Transfer-Encoding:\r\n chunked\r\nContent-Length: 2",
                "Content-Length: 2\r\nContent-Length: 3",
                "Content-Length: 2\r\nContent-Length: 2",
                "Content-Length: 2, 3",
                "Content-Length: +2",
                "Content-Length: 0x2",
                "Content-Length: 2\nX: y",
            })
    void ambiguousLengthOfABody_is400_andClosesTheConnection(String headers) throws Exception {
        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            assertThat(port.answerTo("POST /length " + version + "\r\nHost: x\r\nConnection: keep-alive\r\n" + headers
                            + "\r\n\r\n0\r\n\r\nGET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .as(version)
                    .startsWith("HTTP/1.1 400 ")
                    .doesNotContain(" bytes");
        }
    }

    /** Netty reads eight bytes after such a head; a proxy in front of the port sends them as the next request. */
    @Test
    void handshakeOfTheFirstWebSocketDraft_is400_andClosesTheConnection() throws Exception {
        assertThat(port.answerTo(EventEndpoint.head(
                                "GET /length HTTP/1.1", "Host: x", "Sec-WebSocket-Key1: a", "Sec-WebSocket-Key2: b")
                        + EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close")))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain(" bytes");
    }

    /** RFC 9112, section 3.2, and a name of a header, which has at least one character. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: a b",
                "Host: a/b",
                "Host: a@b",
                "Host: a, b",
                "Host: a%zz",
                "Host: a:b",
                "Host: a:99999999999",
                "Host: [",
                "Host: [::1",
                "Host: [xy]",
                "Host: [127.0.0.1]:80",
                "Host: \u00e4",
                "Host: a\r\n: b",
                "Host: a\r\n:",
            })
    void invalidHostOrEmptyHeaderName_is400_andClosesTheConnection(String headers) throws Exception {
        for (String version : List.of("HTTP/1.1", "HTTP/1.0")) {
            assertThat(port.answerTo(EventEndpoint.head("GET /length " + version, "Connection: keep-alive", headers)
                            + EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close")))
                    .as(version)
                    .startsWith("HTTP/1.1 400 ")
                    .doesNotContain(" bytes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a:", "a_b.example:80", "[::1]:8080", "127.0.0.1:65535", "a%41", "a,b"})
    void validHost_isAccepted(String host) throws Exception {
        assertThat(port.answerTo(EventEndpoint.head("GET /length HTTP/1.1", "Host: " + host, "Connection: close")))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void connectionWithTheOptionCloseAmongOthers_isClosedAfterTheResponse() throws Exception {
        assertThat(port.answerTo(EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: TE, Close")
                        + EventEndpoint.head("GET /length HTTP/1.1", "Host: x", "Connection: close")))
                .containsOnlyOnce("HTTP/1.1 200 ")
                .containsIgnoringCase("\r\nconnection: close\r\n");
    }

    /** The chunks would be in a coding that is not decoded. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip, chunked", "identity\r\nTransfer-Encoding: chunked"})
    void transferCodingOtherThanChunked_is400(String coding) throws Exception {
        assertThat(port.answerTo(
                        "POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: " + coding + "\r\n\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .endsWith("{\"error\":\"unsupported Transfer-Encoding; expected chunked alone\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"2\n", "2 \r\n", " 2\r\n", "0x2\r\n", "+2\r\n", "2;a\nb\r\n", "2;a\rb\r\n", "-2\r\n", "\r\n"})
    void ambiguousChunk_endsTheConnection(String size) throws Exception {
        assertThat(port.answerTo("POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + size
                        + "ab\r\n0\r\n\r\nGET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .doesNotContain(" bytes");
    }

    @Test
    void bodyUpToTheLimit_isAccepted_withContentLengthOrChunked() throws Exception {
        HttpResponse<String> answer = Http.post(port.url() + "/length", new byte[64 * 1024]);
        String chunked = port.answerTo(EventEndpoint.head(
                        "POST /length HTTP/1.1", "Host: x", "Connection: close", "Transfer-Encoding: chunked")
                + EventEndpoint.head("2", "ab", "3", "cde", "0"));

        assertThat(answer.body()).isEqualTo("65536 bytes");
        assertThat(chunked).endsWith("5 bytes");
    }

    @Test
    void tooLargeContentLength_is413BeforeTheBodyIsSent() throws Exception {
        try (Socket socket = port.connect()) {
            socket.getOutputStream()
                    .write(EventEndpoint.head(
                                    "POST /length HTTP/1.1", "Host: x", "Expect: 100-continue", "Content-Length: 65537")
                            .getBytes(US_ASCII));

            assertThat(Http.statusLine(socket)).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void expect100Continue_isAnswered() throws Exception {
        try (Socket socket = port.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(EventEndpoint.head(
                            "POST /length HTTP/1.1",
                            "Host: x",
                            "Expect: 100-continue",
                            "Content-Length: 2",
                            "Connection: close")
                    .getBytes(US_ASCII));
            assertThat(Http.statusLine(socket)).startsWith("HTTP/1.1 100 ");

            out.write(new byte[] {1, 2});
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .endsWith("2 bytes");
        }
    }

    /** Chunks and interim responses are of HTTP/1.1. The end of the connection ends a body without a length. */
    @Test
    void clientsOfHttp10_getResponsesThatTheyCanRead() throws Exception {
        assertThat(port.answerTo(EventEndpoint.head("GET /chunks HTTP/1.0", "Connection: keep-alive")))
                .containsIgnoringCase("\r\nconnection: close\r\n")
                .doesNotContainIgnoringCase("transfer-encoding", "keep-alive")
                .endsWith("\r\n\r\nabc");
        assertThat(port.answerTo(
                        EventEndpoint.head("POST /length HTTP/1.0", "Expect: 100-continue", "Content-Length: 2")
                                + "ab"))
                .matches("(?s)HTTP/1.[01] 200 .*2 bytes");
        assertThat(port.answerTo(EventEndpoint.head("GET /chunks HTTP/1.1", "Host: x", "Connection: close")))
                .matches("(?si)HTTP/1.1 200 .*\r\ntransfer-encoding: chunked\r\n.*");
    }

    /** Otherwise the client would wait forever, and its request would count as in flight. */
    @Test
    void responseThatCannotBeWritten_is500_orInterruptedIfItHasBegun() throws Exception {
        String post = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

        assertThat(port.answerTo("POST /empty" + post))
                .startsWith("HTTP/1.1 500 ")
                .endsWith("{\"error\":\"the request failed; the log of Wadi has the cause\"}");
        assertThat(port.answerTo("POST /cut" + post))
                .startsWith("HTTP/1.1 200 ")
                .doesNotContain("\r\n0\r\n");
    }

    @Test
    void bodyThatGrowsTooLarge_is413_andTheConnectionIsReused() throws Exception {
        try (Socket socket = port.connect()) {
            OutputStream out = socket.getOutputStream();
            out.write("POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(US_ASCII));
            writeChunk(out, 64 * 1024);
            writeChunk(out, 1);
            assertThat(Http.statusLine(socket)).startsWith("HTTP/1.1 413 ");

            out.write("0\r\n\r\nGET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .endsWith("0 bytes");
        }
    }

    @Test
    void bodyThatContinuesAfter413_isCutOff() {
        assertThatThrownBy(() -> {
                    try (Socket socket = port.connect()) {
                        OutputStream out = socket.getOutputStream();
                        out.write("POST /length HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                                .getBytes(US_ASCII));
                        for (int sent = 0; sent < 1000; sent++) {
                            writeChunk(out, 64 * 1024);
                        }
                    }
                })
                .isInstanceOf(IOException.class);
    }

    private static void writeChunk(OutputStream out, int length) throws IOException {
        out.write((Integer.toHexString(length) + "\r\n").getBytes(US_ASCII));
        out.write(new byte[length]);
        out.write("\r\n".getBytes(US_ASCII));
    }
}
