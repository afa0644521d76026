package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.IngestRequest;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The metric of rejected requests. The route responds with the status in its path. */
class RejectionCountsTest {
    @AutoClose
    private EventEndpoint port;

    @BeforeEach
    void open() throws Exception {
        port = new EventEndpoint(List.of("https://shop.example"), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/status/{status}?httpMethodRestrict=POST").process(RejectionCountsTest::respond);
                from("platform-http:/exhausted").process(exchange -> {
                    assertThat(IngestRequest.of(exchange).lease().grow(1L << 50))
                            .isFalse();
                    throw RequestException.unavailable("no memory");
                });
            }
        });
    }

    private static void respond(Exchange exchange) {
        int status = Integer.parseInt(IngestRequest.of(exchange).path("status"));
        if (status != 200) {
            throw new RequestException(status, "rejected");
        }
    }

    private void assertCounted(String request, String reason) throws Exception {
        assertThat(port.answerTo(request)).startsWith("HTTP/1.1 ");
        await().untilAsserted(() -> assertThat(port.rejected(reason)).isEqualTo(1));
        assertThat(port.rejected()).as("rejected requests").isEqualTo(1);
    }

    private static String head(String line, String... headers) {
        return EventEndpoint.head(line + " HTTP/1.1", String.join("\r\n", headers), "Connection: close");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /x, no header, malformed",
        "GET /x, a: b, malformed",
        "GET /x, 'Host: x\r\nHost: y', malformed",
        "GET /none, Host: x, not-found",
        "GET /status/200, Host: x, not-found",
        "GET /status/200, 'Host: x\r\nOrigin: https://evil.example', forbidden",
        "POST /status/400, Host: x, invalid",
        "POST /status/404, Host: x, not-found",
        "POST /status/408, Host: x, slow",
        "POST /status/409, Host: x, invalid",
        "POST /status/413, Host: x, too-large",
        "POST /status/415, Host: x, invalid",
        "POST /status/422, Host: x, invalid",
        "GET /exhausted, Host: x, in-flight-limit",
    })
    void rejectedRequest_isCountedByReason(String line, String headers, String reason) throws Exception {
        assertCounted(head(line, headers), reason);
    }

    @ParameterizedTest
    @CsvSource({"uri-too-long, 2000, 1", "headers-too-large, 1, 4000"})
    void tooLongHead_isCounted(String reason, int uri, int header) throws Exception {
        assertCounted(head("GET /" + "x".repeat(uri), "Host: x", "X-Long: " + "x".repeat(header)), reason);
    }

    @ParameterizedTest
    @CsvSource({"200", "500", "503"})
    void otherResponses_areNotCounted(int status) throws Exception {
        String request = head("POST /status/" + status, "Host: x");

        assertThat(port.answerTo(request)).startsWith("HTTP/1.1 " + status);

        await().until(() -> port.answered("/status/{status}", status / 100 + "xx") == 1);
        assertThat(port.rejected()).isZero();
    }
}
