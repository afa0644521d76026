package io.wadi.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.Ports;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The shipped {@link PrometheusScrapeRoute}, from real HTTP servers, including Wadi's own, to real Kafka. */
@Nightly(perChange = {"MicrometerExpositionTest", "PrometheusScrapeRouteTest", "PrometheusScrapeTest"})
final class PrometheusScrapeRouteIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOPIC = "scraped";
    private static final int MANAGEMENT = Ports.free();
    private static final String OWN = "http://localhost:" + MANAGEMENT + "/observe/metrics";

    @Test
    void targets_areScrapedInParallel_intoDocumentsKeyedByHost() throws Exception {
        TopicProbe.create(TOPIC, 3);
        try (Exporter exporter = new Exporter();
                Exporter stuck = new Exporter();
                Warnings warnings = new Warnings(PrometheusScrape.class.getName())) {
            exporter.exposes(Exporter.OPEN_METRICS, "gzip", Exporter.gzip("""
                    # TYPE jobs counter
                    jobs_total{queue="mail"} 3
                    jobs_total{queue="mail" 4
                    room_celsius NaN
                    room_pascals 101325
                    # EOF
                    """));
            stuck.stallsAfter("a 1\n");
            try (RunningWadi wadi = RunningWadi.start(Map.of(
                    "wadi.management.port",
                    Integer.toString(MANAGEMENT),
                    "wadi.metrics.topic",
                    TOPIC,
                    "wadi.prometheus.interval",
                    "5s",
                    "wadi.prometheus.timeout",
                    "5s",
                    "wadi.prometheus.targets",
                    "exporter-01=%s,stuck-01=%s,wadi-01=%s"
                            .formatted(exporter.hostAndPort(), stuck.hostAndPort(), OWN)))) {
                await().until(() -> outcomes("exporter-01").size() > 1
                        && !outcomes("stuck-01").isEmpty()
                        && !outcomes("wadi-01").isEmpty());

                assertThat(of("exporter-01"))
                        .extracting(document -> document.at("/prometheus/metrics"))
                        .contains(JSON.readTree("{\"jobs_total\":3.0}"), JSON.readTree("{\"room_pascals\":101325.0}"));
                assertThat(outcomes("exporter-01")).allSatisfy(outcome -> {
                    assertThat(outcome.path("up").asInt()).isEqualTo(1);
                    assertThat(outcome.path("wadi_scrape_rejected_lines").asInt())
                            .isEqualTo(1);
                    assertThat(outcome.path("wadi_scrape_samples_not_finite").asInt())
                            .isEqualTo(1);
                });
                assertThat(outcomes("stuck-01").get(0).path("up").asInt()).isZero();
                assertThat(of("stuck-01"))
                        .allSatisfy(document -> assertThat(
                                        document.at("/metricset/period").asInt())
                                .isEqualTo(5000));
                assertThat(warnings.take())
                        .anySatisfy(warning -> assertThat(warning).contains("did not complete its response within 5s"))
                        .anySatisfy(warning -> assertThat(warning).contains("the first is line 3: column 25: found 4"));
                assertItsOwn();
            }
        }
    }

    /** Asserts that every finite sample of Wadi's own exposition is in its documents, with its labels. */
    private static void assertItsOwn() throws Exception {
        HttpResponse<String> exposed = Http.get(OWN, "Accept", ExpositionFormat.ACCEPT);
        Read own = Read.of(
                exposed.body().getBytes(UTF_8),
                ExpositionFormat.of(exposed.headers().firstValue("Content-Type").orElse("")));
        assertThat(own.refused).isEmpty();
        assertThat(own.samples).extracting(Sample::name).contains("wadi_scrapes_total");
        Set<List<Object>> expected = own.samples.stream()
                .filter(sample -> Double.isFinite(sample.value()))
                .map(sample -> List.<Object>of(sample.name(), labels(sample)))
                .collect(Collectors.toSet());
        await().untilAsserted(() -> assertThat(found()).containsAll(expected));
        assertThat(outcomes("wadi-01").get(0).path("wadi_scrape_rejected_lines").asInt())
                .isZero();
    }

    private static Map<String, String> labels(Sample sample) {
        Map<String, String> labels = new TreeMap<>(sample.labels());
        labels.putIfAbsent("instance", "localhost:" + MANAGEMENT);
        labels.putIfAbsent("job", "prometheus");
        return labels;
    }

    /** Returns the names and labels of all samples of Wadi itself that are in Kafka. */
    private static Set<List<Object>> found() {
        Set<List<Object>> found = new HashSet<>();
        for (JsonNode document : of("wadi-01")) {
            Map<String, String> labels = new TreeMap<>();
            document.at("/prometheus/labels")
                    .properties()
                    .forEach(
                            label -> labels.put(label.getKey(), label.getValue().asText()));
            document.at("/prometheus/metrics").fieldNames().forEachRemaining(name -> found.add(List.of(name, labels)));
        }
        return found;
    }

    /** Returns the metrics of the documents that report the outcome of a scrape. */
    private static List<JsonNode> outcomes(String host) {
        return of(host).stream()
                .map(document -> document.at("/prometheus/metrics"))
                .filter(metrics -> metrics.has("up"))
                .toList();
    }

    private static List<JsonNode> of(String host) {
        return KafkaProbe.readAll(TOPIC).stream()
                .filter(found -> new String(found.key(), UTF_8).equals(host))
                .map(PrometheusScrapeRouteIT::document)
                .toList();
    }

    private static JsonNode document(ConsumerRecord<byte[], byte[]> found) {
        try {
            JsonNode document = JSON.readTree(found.value());
            assertThat(document.at("/host/name").asText()).isEqualTo(new String(found.key(), UTF_8));
            return document;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void invalidTarget_failsTheStart() {
        assertThatException()
                .isThrownBy(() -> RunningWadi.start(Map.of("wadi.prometheus.targets", "web-01=ftp://10.0.3.15")))
                .withStackTraceContaining(
                        "wadi.prometheus.targets: found web-01=ftp://10.0.3.15, expected [NAME=]HOST:PORT");
    }

    @Test
    void timeoutAboveTheInterval_failsTheStart() {
        Map<String, String> settings = Map.of(
                "wadi.prometheus.targets", "web-01:9100",
                "wadi.prometheus.interval", "5s",
                "wadi.prometheus.timeout", "6s");

        assertThatException()
                .isThrownBy(() -> RunningWadi.start(settings))
                .withStackTraceContaining("wadi.prometheus.timeout=6s: expected at most wadi.prometheus.interval=5s,"
                        + " since the next scrape waits for all targets");
    }

    @Test
    void withoutTargets_noRouteExists() throws Exception {
        try (RunningWadi wadi = RunningWadi.start(Map.of())) {
            assertThat(Http.get(wadi.managementUrl() + "/observe/metrics").body())
                    .contains("routeId=\"indexing\"")
                    .doesNotContain("prometheus-scrape");
        }
    }
}
