package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A trace continues from an HTTP request through Kafka's headers to landing and indexing, and is exported over OTLP.
 */
@Nightly(perChange = {"RecordSpansTest", "TraceParentTest"})
class TracesOnPipelineIT {
    private static final String TOPIC = "traced";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** The received protobuf bodies, one character per byte. */
    private final Queue<String> collected = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path directory;

    private HttpServer collector() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            try (GZIPInputStream body = new GZIPInputStream(exchange.getRequestBody())) {
                collected.add(new String(body.readAllBytes(), ISO_8859_1));
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private RunningWadi wadi(HttpServer collector) throws Exception {
        return RunningWadi.startWithTopic(
                directory,
                TOPIC,
                1,
                Map.of(
                        "wadi.telemetry.traces-sampling-ratio",
                        "0",
                        "wadi.telemetry.traces-endpoint",
                        "http://localhost:%d/v1/traces"
                                .formatted(collector.getAddress().getPort())));
    }

    @Test
    void trace_spansRequestKafkaLandingAndIndexing() throws Exception {
        HttpServer collector = collector();
        try (RunningWadi wadi = wadi(collector)) {
            String parent = "00-" + TRACE + "-00f067aa0ba902b7-01";
            String traced = header(post(wadi, "traceparent", parent));
            assertThat(traced).matches("00-" + TRACE + "-[0-9a-f]{16}-01").isNotEqualTo(parent);

            // With an invalid header and without one, a new trace begins, which the sampling ratio drops.
            for (HttpResponse<String> other : List.of(post(wadi, "traceparent", parent + "\u00e4"), post(wadi))) {
                assertThat(header(other))
                        .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00")
                        .doesNotContain(TRACE);
            }

            String trace = new String(HexFormat.of().parseHex(TRACE), ISO_8859_1);
            await().untilAsserted(() -> assertThat(String.join("", collected))
                    .contains(
                            trace,
                            "POST /events/{topic}",
                            "landing " + TOPIC,
                            "indexing " + TOPIC,
                            "http.response.status_code"));
            String all = String.join("", collected);
            assertThat(all.split(java.util.regex.Pattern.quote("landing " + TOPIC), -1))
                    .hasSize(2);
        } finally {
            collector.stop(0);
        }
    }

    private static HttpResponse<String> post(RunningWadi wadi, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/json";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return Http.post(wadi.eventsUrl() + "/events/" + TOPIC, "{\"a\":1}".getBytes(UTF_8), all);
    }

    /** Returns the header of the record that the receipt names. */
    private static String header(HttpResponse<String> answer) throws IOException {
        JsonNode receipt =
                new ObjectMapper().readTree(answer.body()).path("receipts").path(0);
        return KafkaProbe.header(KafkaProbe.at(receipt), TraceParent.NAME);
    }
}
