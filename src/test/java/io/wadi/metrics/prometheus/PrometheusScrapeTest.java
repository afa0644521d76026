package io.wadi.metrics.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.local.Ports;
import io.wadi.metrics.MetricDocument;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Scrapes of a real HTTP server and the resulting documents. */
final class PrometheusScrapeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T01:00:00Z"), ZoneOffset.UTC);
    private static final String A_MEBIBYTE = "# " + "x".repeat((1 << 20) - 3) + "\n";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final PrometheusScrape scrape = new PrometheusScrape(CLOCK, Duration.ofSeconds(30), 1 << 20, meters);

    @AutoClose
    private final Exporter exporter = new Exporter();

    private final PrometheusTarget target = exporter.named("web-01");

    @Test
    void samplesWithTheSameLabels_areOneDocument() throws Exception {
        exporter.exposes(Exporter.TEXT, """
                jobs_total{queue="mail"} 3
                room_celsius 21
                jobs_failed_total{queue="mail"} 0.5
                answer_seconds_bucket{le="+Inf"} 7
                """);

        List<JsonNode> documents = scraped();

        assertThat(documents)
                .extracting(document -> document.path("prometheus"))
                .containsExactly(
                        prometheus("\"queue\":\"mail\"", "\"jobs_total\":3.0,\"jobs_failed_total\":0.5"),
                        prometheus("", "\"room_celsius\":21.0"),
                        prometheus("\"le\":\"+Inf\"", "\"answer_seconds_bucket\":7.0"),
                        documents.get(3).path("prometheus"));
        assertThat(outcome(documents)).containsEntry("up", 1.0).containsEntry("scrape_samples_scraped", 4.0);
        assertThat(outcome(documents).get("scrape_duration_seconds")).isPositive();
    }

    @Test
    void document_hasMetricbeatsFormat_andTheTargetsHost() throws Exception {
        exporter.exposes(Exporter.TEXT, "a 1\n");

        byte[] bytes = scrape.scrape(target, 15_000L).get(0);

        JsonNode document = JSON.readTree(bytes);
        assertThat(document.path("@timestamp").asText()).isEqualTo("2026-11-20T01:00:00.000Z");
        assertThat(document.path("metricset")).isEqualTo(JSON.readTree("{\"name\":\"collector\",\"period\":15000}"));
        assertThat(document.at("/event/dataset").asText()).isEqualTo("prometheus.collector");
        assertThat(document.at("/event/module").asText()).isEqualTo("prometheus");
        assertThat(document.path("service"))
                .isEqualTo(JSON.readTree(
                        "{\"type\":\"prometheus\",\"address\":\"http://" + exporter.hostAndPort() + "/metrics\"}"));
        assertThat(document.path("host")).isEqualTo(JSON.readTree("{\"name\":\"web-01\"}"));
        assertThat(document.at("/agent/type").asText()).isEqualTo("wadi");
        assertThat(document.at("/agent/name").asText()).isNotEmpty();
        assertThat(document.at("/ecs/version").asText()).isEqualTo("8.0.0");
        assertThat(MetricDocument.read(bytes).hostName()).isEqualTo("web-01");
        assertThat(MetricDocument.read(bytes).metricset()).isEqualTo("collector");
    }

    @Test
    void openMetricsAndGzip_areRequestedAndAccepted() throws Exception {
        exporter.exposes(
                Exporter.OPEN_METRICS, "gzip", Exporter.gzip("a_total 1 1763600400.5 # {id=\"x\"} 2\n# EOF\n"));

        List<JsonNode> documents = scraped();

        assertThat(documents.get(0).path("@timestamp").asText()).isEqualTo("2025-11-20T01:00:00.500Z");
        assertThat(documents.get(0).at("/prometheus/metrics/a_total").asDouble())
                .isEqualTo(1);
        assertThat(exporter.lastRequest().getFirst("Accept")).startsWith("application/openmetrics-text;version=1.0.0,");
        assertThat(exporter.lastRequest().getFirst("Accept-Encoding")).isEqualTo("gzip");
        assertThat(exporter.lastRequest().getFirst("X-Prometheus-Scrape-Timeout-Seconds"))
                .isEqualTo("30.0");
    }

    @Test
    void labelsInstanceAndJob_ofTheTarget_takePrecedence() throws Exception {
        exporter.exposes(Exporter.TEXT, "a{instance=\"own:1\",job=\"mine\"} 1\n");

        assertThat(scraped().get(0).at("/prometheus/labels"))
                .isEqualTo(JSON.readTree("{\"instance\":\"own:1\",\"job\":\"mine\"}"));
    }

    @Test
    void nonFiniteValues_areOmittedAndCounted() throws Exception {
        exporter.exposes(Exporter.TEXT, "a NaN\nb 1\nc{x=\"y\"} +Inf\nd -Inf\n");

        List<JsonNode> documents = scraped();

        assertThat(documents).hasSize(2);
        assertThat(documents.get(0).at("/prometheus/metrics")).isEqualTo(JSON.readTree("{\"b\":1.0}"));
        assertThat(outcome(documents))
                .containsEntry("wadi_scrape_samples_not_finite", 3.0)
                .containsEntry("scrape_samples_scraped", 4.0)
                .containsEntry("wadi_scrape_rejected_lines", 0.0);
        assertThat(counted("wadi.scrape.samples.not.finite")).isEqualTo(3);
    }

    @Test
    void rejectedLines_areCounted_andLoggedWhenTheyStart() throws Exception {
        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            exporter.exposes(Exporter.TEXT, "a 1\nb x\nc 2\na 3\n");
            List<JsonNode> documents = scraped();
            scraped();

            assertThat(documents.get(0).at("/prometheus/metrics")).isEqualTo(JSON.readTree("{\"a\":1.0,\"c\":2.0}"));
            assertThat(outcome(documents)).containsEntry("up", 1.0).containsEntry("wadi_scrape_rejected_lines", 2.0);
            assertThat(warnings.take())
                    .containsExactly(
                            "Target " + target + ": rejecting 2 invalid lines and keeping the others, until recovery "
                                    + "is logged; the first is line 2: column 3: found x, expected a number, NaN or Inf");
            assertThat(counted("wadi.scrape.rejected.lines")).isEqualTo(4);

            exporter.exposes(Exporter.TEXT, "a 1\n");
            scraped();
            exporter.exposes(Exporter.TEXT, "a 1\na 1\n");
            scraped();
            assertThat(warnings.take())
                    .singleElement()
                    .asString()
                    .endsWith("line 2: found a a second time with the same labels, expected once");
        }
    }

    @Test
    void sameLabelsAtDifferentTimes_areSeparateDocuments() throws Exception {
        exporter.exposes(Exporter.TEXT, "a 1 1000\na 2 2000\nb 3 1000\n");

        assertThat(scraped())
                .hasSize(3)
                .extracting(document -> document.path("@timestamp").asText())
                .containsExactly("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z", "2026-11-20T01:00:00.000Z");
    }

    @Test
    void manyMetricsWithTheSameLabels_areSplitIntoDocuments() throws Exception {
        int count = SampleGroups.METRICS_IN_A_DOCUMENT + 1;
        exporter.exposes(
                Exporter.TEXT,
                IntStream.range(0, count).mapToObj(i -> "m" + i + " 1\n").collect(Collectors.joining()));

        List<JsonNode> documents = scraped();

        assertThat(documents).hasSize(3);
        assertThat(documents.get(0).at("/prometheus/metrics")).hasSize(count - 1);
        assertThat(documents.get(1).at("/prometheus/metrics")).hasSize(1);
    }

    @Test
    void documents_stayBelowKafkasSizeLimit_withLongNamesAndLabels() throws Exception {
        String name = "n".repeat(30 << 10);
        String label = "\u0001".repeat(30 << 10);
        exporter.exposes(
                Exporter.TEXT,
                IntStream.range(0, 12)
                        .mapToObj(i -> name + i + "{l=\"" + label + "\"} 1\n")
                        .collect(Collectors.joining()));

        List<byte[]> documents = scrape.scrape(target, null);

        assertThat(outcome(parsed(documents))).containsEntry("scrape_samples_scraped", 12.0);
        assertThat(documents)
                .hasSize(3)
                .allSatisfy(document -> assertThat(document.length).isLessThan(900_000));
    }

    /**
     * A followed redirect would let a target query servers that only Wadi can reach, and read the result in metrics.
     */
    @Test
    void redirect_failsTheScrape_andIsNotFollowed() throws Exception {
        try (Exporter hidden = new Exporter()) {
            hidden.exposes(Exporter.TEXT, "secret 1\n");
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                exporter.respondsWith(exchange -> {
                    exchange.getResponseHeaders().set("Location", "http://" + hidden.hostAndPort() + "/metrics");
                    exchange.sendResponseHeaders(status, -1);
                });
                assertDown(
                        "responded with status %d, a redirect to http://%s/metrics, which is not followed; expected 200"
                                .formatted(status, hidden.hostAndPort()));
            }
            assertThat(hidden.lastRequest()).isNull();
        }
    }

    @Test
    void redirectsToALogin_areLoggedOnce_withoutTheirQueries() throws Exception {
        AtomicInteger states = new AtomicInteger();
        exporter.respondsWith(exchange -> {
            String login = "https://sso.example/auth?state=" + states.incrementAndGet();
            exchange.getResponseHeaders().set("Location", login);
            exchange.sendResponseHeaders(302, -1);
        });

        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            scraped();
            scraped();

            assertThat(warnings.take())
                    .singleElement()
                    .asString()
                    .contains("a redirect to https://sso.example/auth, which is not followed");
        }
    }

    @Test
    void longTextsOfATarget_areShortenedInTheLog() throws Exception {
        exporter.respondsWith(exchange -> {
            exchange.getResponseHeaders().set("Location", "http://" + "x".repeat(50_000));
            exchange.sendResponseHeaders(302, -1);
        });
        assertDown("responded with status 302, a redirect to http://" + "x".repeat(292) + "…, which");

        exporter.exposes("text/" + "x".repeat(50_000), "a 1\n");
        assertDown("responded with Content-Type text/" + "x".repeat(294) + "…, expected");

        exporter.exposes(Exporter.TEXT, "x".repeat(50_000), new byte[] {1});
        assertDown("responded with Content-Encoding " + "x".repeat(299) + "…, expected");

        exporter.exposes(Exporter.TEXT, ("x".repeat(50_000) + " 1\n").repeat(2));
        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            scraped();
            assertThat(warnings.take())
                    .singleElement()
                    .asString()
                    .endsWith("the first is line 2: found " + "x".repeat(293) + "…");
        }
    }

    @Test
    void failedTarget_isDown_andItsFailureIsReported() throws Exception {
        exporter.respondsWith(exchange -> exchange.sendResponseHeaders(503, -1));
        assertDown("responded with status 503, expected 200");

        exporter.exposes("text/html", "a 1\n");
        assertDown("responded with Content-Type text/html, expected text/plain or application/openmetrics-text");

        exporter.exposes(Exporter.OPEN_METRICS, "a 1\nb 2");
        assertDown("sent a truncated exposition: # EOF is missing");

        exporter.exposes(Exporter.TEXT, "br", new byte[] {1, 2});
        assertDown("responded with Content-Encoding br, expected gzip");

        exporter.exposes(Exporter.TEXT, "gzip", new byte[] {1, 2, 3});
        assertDown("sent invalid or truncated gzip: ");

        exporter.exposes(Exporter.TEXT, "gzip", new byte[] {0x1f});
        assertDown("sent invalid or truncated gzip: EOFException");

        byte[] whole = Exporter.gzip("a 1\n".repeat(100));
        exporter.exposes(Exporter.TEXT, "gzip", Arrays.copyOf(whole, whole.length / 2));
        assertDown("sent invalid or truncated gzip: ");

        exporter.exposes(Exporter.TEXT, A_MEBIBYTE + "a 1\n");
        assertDown("sent more than 1MiB");

        exporter.exposes(Exporter.TEXT, "gzip", Exporter.gzip(A_MEBIBYTE.repeat(20)));
        assertDown("sent more than 1MiB decompressed");

        exporter.exposes(Exporter.TEXT, A_MEBIBYTE);
        assertThat(outcome(scraped())).containsEntry("up", 1.0);
    }

    @Test
    void linesBeforeAFailure_areNotCounted() throws Exception {
        exporter.exposes(Exporter.OPEN_METRICS, "a x\nb NaN\n");

        assertThat(outcome(scraped())).containsEntry("up", 0.0).containsEntry("wadi_scrape_rejected_lines", 0.0);
        assertThat(counted("wadi.scrape.rejected.lines")).isZero();
        assertThat(counted("wadi.scrape.samples.not.finite")).isZero();
    }

    @Test
    void stalledTarget_isDownAfterTheTimeout() throws Exception {
        PrometheusScrape hasty = new PrometheusScrape(CLOCK, Duration.ofMillis(300), 1 << 20, meters);
        exporter.stallsAfter("a 1\n");

        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            List<JsonNode> documents = parsed(hasty.scrape(target, null));

            assertThat(documents).hasSize(1);
            assertThat(outcome(documents)).containsEntry("up", 0.0).containsEntry("scrape_samples_scraped", 0.0);
            assertThat(warnings.take())
                    .containsExactly("Target " + target
                            + " did not complete its response within 300ms; up is 0 until recovery is logged");
        }
    }

    @Test
    void unreachableTarget_isDown_andLoggedOnce() throws Exception {
        PrometheusTarget unreachable =
                PrometheusTarget.parse("s", "db-01=127.0.0.1:" + Ports.free()).get(0);

        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            List<JsonNode> documents = parsed(scrape.scrape(unreachable, null));
            scrape.scrape(unreachable, null);

            assertThat(outcome(documents)).containsEntry("up", 0.0);
            assertThat(documents.get(0).at("/host/name").asText()).isEqualTo("db-01");
            assertThat(warnings.take()).singleElement().asString().contains("ConnectException");
            assertThat(meters.get("wadi.scrapes")
                            .tag("outcome", "failed")
                            .counter()
                            .count())
                    .isEqualTo(2);
        }
    }

    private void assertDown(String why) throws Exception {
        try (Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            List<JsonNode> documents = scraped();

            assertThat(documents).hasSize(1);
            assertThat(outcome(documents)).containsEntry("up", 0.0);
            assertThat(warnings.take()).singleElement().asString().startsWith("Target " + target + " " + why);
        }
    }

    private double counted(String meter) {
        return meters.get(meter).tag("target", target.instance()).counter().count();
    }

    private List<JsonNode> scraped() throws Exception {
        return parsed(scrape.scrape(target, null));
    }

    private static List<JsonNode> parsed(List<byte[]> documents) throws IOException {
        List<JsonNode> parsed = new ArrayList<>();
        for (byte[] document : documents) {
            parsed.add(JSON.readTree(document));
        }
        return parsed;
    }

    /** Returns the metrics of the last document. */
    private static Map<String, Double> outcome(List<JsonNode> documents) {
        return documents.get(documents.size() - 1).at("/prometheus/metrics").properties().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, field -> field.getValue().doubleValue()));
    }

    private JsonNode prometheus(String labels, String metrics) throws IOException {
        return JSON.readTree("{\"labels\":{\"instance\":\"%s\",\"job\":\"prometheus\"%s},\"metrics\":{%s}}"
                .formatted(exporter.hostAndPort(), labels.isEmpty() ? "" : "," + labels, metrics));
    }
}
