package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests are passed to their routes, or rejected if there is no route, over real connections. */
class RequestDispatcherTest extends RequestDispatcherTestSupport {
    @ParameterizedTest
    @CsvSource({
        "/a/b,200,b",
        "http://x/a/b,200,b",
        "/a/c,200,any",
        "/a/caf%C3%A9+1,200,any",
        "/under/all/of/it,200,under",
        "/query?a=x;y=z;a&b=1,200,x;y=z;a",
        "/a,404,",
        "/a/,404,",
        "/a/b/,404,",
        "/a/x%2Fy,404,",
        "/a/%00,404,",
        "/a/%FF,404,",
        "/a/%z,404,",
        "/A/b,404,",
        "*,404,",
    })
    void path_selectsItsRoute(String path, int status, String body) throws Exception {
        String answer = port.answerTo("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsOnlyOnce("\r\ndate: ")
                .doesNotContainIgnoringCase("x-mine");
        assertThat(answer.split("\r\n\r\n", 2)[1])
                .isEqualTo(body == null ? "{\"error\":\"no such path; GET /openapi.json lists all paths\"}" : body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "x", "pixel.gif", "a/b?c=/"})
    void pathWithoutASlashInFront_is400(String path) throws Exception {
        assertThat(port.answerTo("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void listedHeaders_becomeRecordHeadersWithTheSameBytes() throws Exception {
        byte[] tenant = "Süd 남".getBytes(UTF_8);
        String asSent = new String(tenant, ISO_8859_1);

        assertThat(port.answerTo(EventEndpoint.head(
                        "GET /headers HTTP/1.1", "Host: x", "Connection: close", "X-Tenant: " + asSent)))
                .endsWith("\r\n\r\n" + List.of(new RecordHeader("x-tenant", tenant)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/select?color=red&user=a", "/pixel?color=red"})
    void userAgent_isReadAsUtf8_orAsIso88591IfItIsNot(String target) throws Exception {
        String utf8 = new String("Süd 남".getBytes(UTF_8), ISO_8859_1);

        assertThat(answerWithUserAgent(target, utf8)).contains("\"userAgent\":\"Süd 남\"");
        assertThat(answerWithUserAgent(target, "Süd")).contains("\"userAgent\":\"Süd\"");
    }

    private String answerWithUserAgent(String target, String bytes) throws IOException {
        return port.answerTo(EventEndpoint.head(
                "GET " + target + " HTTP/1.1", "Host: x", "Connection: close", "User-Agent: " + bytes));
    }

    @Test
    void method_selectsItsRoute() throws Exception {
        assertThat(Http.post(port.url() + "/a/b", new byte[] {'x', 'y'}).body()).isEqualTo("xy");
    }

    @Test
    void unsupportedMethod_is405_withTheAllowedMethods() throws Exception {
        String answer = port.answerTo("DELETE /a/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("allow: GET, OPTIONS, POST\r\n")
                .endsWith("{\"error\":\"this path accepts GET, OPTIONS, POST\"}");
    }

    @Test
    void optionsWithoutEffect_areRejected() {
        RouteBuilder route = new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/x?httpMethodRestrict=POST&consumes=application/json&requestTimeout=1000")
                        .process(echo());
            }
        };

        assertThatThrownBy(() -> port.camel().addRoutes(route))
                .hasMessage(
                        "platform-http:/x: found consumes, requestTimeout, which the event endpoint does not support:"
                                + " expected only httpMethodRestrict, matchOnUriPrefix, useStreaming");
    }

    @Test
    void options_listsTheMethodsOfThePath() throws Exception {
        String answer = port.answerTo("OPTIONS /a/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("allow: GET, OPTIONS, POST\r\n")
                .doesNotContainIgnoringCase("content-type")
                .endsWith("\r\n\r\n");
    }

    @Test
    void headRequest_isAcceptedIfTheRouteAllowsIt_andHasNoBody() throws Exception {
        String head = port.answerTo("HEAD /head HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String notTaken = port.answerTo("HEAD /a/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(head)
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("content-type: text/plain\r\n")
                .endsWith("\r\n\r\n");
        assertThat(notTaken)
                .startsWith("HTTP/1.1 405 ")
                .containsIgnoringCase("allow: GET, OPTIONS, POST\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void headRequest_acceptsNoEvents() throws Exception {
        String types = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/html, text/event-stream\r\n\r\n";

        assertThat(port.answerTo("GET /events" + types)).endsWith("\r\n\r\nevents: true");
        assertThat(port.answerTo("HEAD /events" + types))
                .containsIgnoringCase("content-length: " + "events: false".length() + "\r\n");
    }

    @Test
    void exceptionInARoute_is500WithoutDetails() throws Exception {
        HttpResponse<String> answer = Http.get(port.url() + "/fails");

        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).isEqualTo("{\"error\":\"the request failed; the log of Wadi has the cause\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /topics/a/b/c   |                               | 404 | application/vnd.kafka.v2+json | {"error_code":404,"message":"no such path; GET /openapi.json lists all paths"}
            GET /topics         | Accept: application/json      | 404 | application/json              | {"error_code":404,"message":"no such path; GET /openapi.json lists all paths"}
            GET /topics         | Accept: text/html             | 404 | application/vnd.kafka.v2+json | {"error_code":404,"message":"no such path; GET /openapi.json lists all paths"}
            GET /topics/a       |                               | 405 | application/vnd.kafka.v2+json | {"error_code":405,"message":"this path accepts OPTIONS, POST"}
            POST /topics/a      |                               | 500 | application/vnd.kafka.v2+json | {"error_code":500,"message":"the request failed; the log of Wadi has the cause"}
            POST /topics/a      | Origin: https://else.example  | 403 | application/vnd.kafka.v2+json | {"error_code":40301,"message":"wadi.http.origins does not list the origin of this page"}
            GET /topicsy        |                               | 404 | application/json              | {"error":"no such path; GET /openapi.json lists all paths"}
            GET /pixel.gif      |                               | 500 | image/gif                     | GIF89a
            POST /pixel.gif     |                               | 405 | image/gif                     | GIF89a
            GET /pixel.gif      | Origin: https://else.example  | 403 | image/gif                     | GIF89a
            """)
    void rejection_hasTheFormatOfItsPath(String request, String header, int status, String type, String body)
            throws Exception {
        String answer = port.answerTo(EventEndpoint.head(
                request + " HTTP/1.1", "Host: x", header == null ? "X-None: 1" : header, "Connection: close"));

        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("content-type: " + type + "\r\n");
        assertThat(answer.split("\r\n\r\n", 2)[1]).startsWith(body);
    }

    @Test
    void requests_areCountedByRouteAndStatus() throws Exception {
        Http.get(port.url() + "/fails");
        Http.get(port.url() + "/fails");

        await().until(() -> port.answered("/fails", "5xx") == 2);
        assertThat(port.answered("/fails", "2xx")).isZero();
    }

    @Test
    void requestsOfOnePath_areCountedTogether_acrossARouteRestart() throws Exception {
        Http.get(port.url() + "/a/b");
        Http.post(port.url() + "/a/b", new byte[1]);
        port.camel().getRouteController().stopRoute("b");
        port.camel().getRouteController().startRoute("b");
        Http.get(port.url() + "/a/b");

        await().until(() -> port.answered("/a/b", "2xx") == 3);
    }

    /** Camel wraps the inputs of later routes too, if the pattern matches them. */
    @Test
    void pausedRoute_isUnavailable_ifAllEndpointsAreIntercepted() throws Exception {
        port.camel().addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("*").to("log:sent");
                from("direct:intercepting").to("log:none");
                from("platform-http:/intercepted").routeId("intercepted").to("log:none");
            }
        });
        port.pause("intercepted");

        assertThat(Http.get(port.url() + "/intercepted").statusCode()).isEqualTo(503);
    }

    @Test
    void routes_runOnEventLoopsThatShareThePort() throws Exception {
        Set<String> threads = new HashSet<>();
        await().until(() -> {
            threads.add(port.answerTo("GET /thread HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    .split("\r\n\r\n", 2)[1]);
            return threads.size() == 2;
        });

        assertThat(threads).allSatisfy(thread -> assertThat(thread).startsWith("vert.x-eventloop-thread-"));
    }

    @Test
    void tooLargeBody_isRejectedInTheFormatOfThePath() throws Exception {
        assertThat(Http.post(port.url() + "/topics/a", new byte[64 * 1024 + 1]).body())
                .isEqualTo("{\"error_code\":413,\"message\":\"the body is longer than 65536 bytes\"}");
    }

    @Test
    void listedOrigin_maySendAndReadResponses() throws Exception {
        String response = port.answerTo(EventEndpoint.head(
                "OPTIONS /a/b HTTP/1.1",
                "Host: x",
                "Origin: https://shop.example",
                "Access-Control-Request-Method: POST",
                "Connection: close"));
        String sent = port.answerTo(
                "GET /nowhere HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\nConnection: close\r\n\r\n");

        assertThat(response)
                .startsWith("HTTP/1.1 204 ")
                .containsIgnoringCase("access-control-allow-origin: https://shop.example\r\n")
                .containsIgnoringCase("access-control-allow-methods: GET, POST\r\n")
                .containsIgnoringCase(
                        "access-control-allow-headers: accept, authorization, content-encoding, content-type,")
                .containsIgnoringCase(", x-tenant\r\n")
                .containsIgnoringCase("vary: Origin\r\n")
                .doesNotContainIgnoringCase("credentials");
        assertThat(sent)
                .startsWith("HTTP/1.1 404 ")
                .containsIgnoringCase("access-control-allow-origin: https://shop.example\r\n");
    }

    @Test
    void unlistedOrigin_isRejected() throws Exception {
        String answer = port.answerTo(
                "GET /a/b HTTP/1.1\r\nHost: x\r\nOrigin: https://else.example\r\nConnection: close\r\n\r\n");

        assertThat(answer)
                .startsWith("HTTP/1.1 403 ")
                .contains("wadi.http.origins")
                .doesNotContainIgnoringCase("access-control");
    }
}
