package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import io.wadi.runtime.telemetry.EndedSpans;
import io.wadi.testing.Http;
import java.net.Socket;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;

/** The span of a request ends with its response, even if its route does not start. */
class RequestSpansTest {
    private static final String REQUEST = EventEndpoint.head("POST /events HTTP/1.1", "Host: x", "Content-Length: 2");

    private final EndedSpans ended = new EndedSpans();
    private final InFlight inFlight = new InFlight(2, 1 << 20, 1 << 20, false);

    private EventEndpoint open() throws Exception {
        return new EventEndpoint(
                ended.traces(),
                Admissions.of(ApiKeys.NONE, JwtKeys.NONE, Rate.UNLIMITED, inFlight),
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("platform-http:/events").setBody(constant("taken"));
                    }
                });
    }

    @Test
    void spanOfAnAbortedBody_ends_whileItsConnectionIsOpen() throws Exception {
        try (EventEndpoint port = open();
                Socket client = port.connect()) {
            client.getOutputStream().write(REQUEST.getBytes(US_ASCII));
            await().until(() -> inFlight.requests() == 1);
            port.camel().suspend();

            assertThat(Http.statusLine(client)).isEqualTo("HTTP/1.1 503 Service Unavailable");
            await().untilAsserted(() -> assertThat(ended.all()).singleElement().satisfies(span -> {
                assertThat(span.getName()).isEqualTo("POST /events");
                assertThat(span.getAttributes().asMap().toString()).contains("http.response.status_code=503");
            }));
        }
    }
}
