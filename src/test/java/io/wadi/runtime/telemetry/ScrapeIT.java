package io.wadi.runtime.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Program;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics of the shipped pipeline, and that the dashboard, the alerts and the documentation refer to no others. */
class ScrapeIT {
    private static final String TOPIC = "observed";
    private static final String METRICS = "observed-metrics";
    private static final Path DASHBOARD = Path.of("docker/grafana/wadi.json");
    private static final Path ALERTS = Path.of("docker/prometheus/alerts.yml");
    private static final Path METRICS_REFERENCE = Path.of("docs/reference/metrics.md");
    private static final Pattern METRIC = Pattern.compile("\\b(?:wadi|camel|jvm|process|system)_[a-z0-9_]+\\b");

    /** Further names in the documentation: metrics of events that do not occur here, and two fields of documents. */
    private static final Set<String> LATER = Set.of(
            "wadi_alerts_changes_total",
            "wadi_alerts_rejected_documents_total",
            "wadi_alerts_webhook_firing",
            "wadi_alerts_webhook_requests_total",
            "wadi_alerts_webhook_since_success_seconds",
            "wadi_alerts_webhook_sent_total",
            "wadi_alerts_webhook_unreadable_total",
            "wadi_alerts_webhook_pending",
            "wadi_deduplicated_events_total",
            "wadi_deduplication_direct_events_total",
            "wadi_deduplication_ids",
            "wadi_deduplication_max_ids",
            "wadi_deduplication_partition_ids",
            "wadi_deduplication_pending_events",
            "wadi_expired_offsets_total",
            "wadi_ingest_certificate_expires_seconds",
            "wadi_ingest_certificates_total",
            "wadi_mirror_heartbeat_age_seconds",
            "wadi_mirror_lag_records",
            "wadi_mirror_lag_seconds",
            "wadi_source_files_total",
            "wadi_table_rejected_rows_total",
            "wadi_landing_complete_markers_replaced_total",
            "wadi_routes_changes_total",
            "wadi_routes_rejected",
            "wadi_scrape_rejected_lines",
            "wadi_scrape_rejected_lines_total",
            "wadi_scrape_samples_not_finite",
            "wadi_scrape_samples_not_finite_total",
            "wadi_scrapes_total",
            "wadi_source_records_total",
            "wadi_streams_changes_total",
            "wadi_streams_deduplication_ids",
            "wadi_streams_duplicates_total",
            "wadi_streams_rejected",
            "wadi_table_rows_total");

    @TempDir
    private static Path directory;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(METRICS, 1);
        Path alerts = Files.copy(Path.of("alerts.yaml"), directory.resolve("alerts.yaml"));
        wadi = RunningWadi.startWithTopic(
                directory,
                TOPIC,
                2,
                Map.of(
                        "wadi.landing.roll-records",
                        "3",
                        "wadi.alerts.enabled",
                        "true",
                        "wadi.alerts.file",
                        alerts.toString(),
                        "wadi.alerts.application",
                        "observed-alerts",
                        // Documents of other tests would raise alerts here.
                        "wadi.metrics.topic",
                        METRICS,
                        "wadi.alerts.topics",
                        METRICS,
                        "wadi.streams.state-directory",
                        directory.resolve("state").toString()));
        send();
        await().until(() -> Scrape.of(wadi).names().contains("wadi_complete_until_timestamp_seconds"));
    }

    /**
     * Sends seven events, an invalid one, a request for an unknown topic, and a record that is neither landed nor
     * indexed.
     */
    private static void send() throws Exception {
        System.gc(); // causes a pause that is reported
        String lines = "{\"a\":1}\n".repeat(7) + "{\"a\":\n";
        Http.post(wadi.eventsUrl() + "/events/" + TOPIC, lines.getBytes(UTF_8), "Content-Type", "application/x-ndjson");
        Http.post(wadi.eventsUrl() + "/events/nowhere", "{}".getBytes(UTF_8), "Content-Type", "application/json");
        KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, "[1,\n2]".getBytes(UTF_8)));
        await().untilAsserted(() -> {
            Scrape scrape = Scrape.of(wadi);
            assertThat(scrape.sum("wadi_landed_records_total", "topic", TOPIC)).isEqualTo(7);
            assertThat(scrape.sum("wadi_indexed_documents_total", "topic", TOPIC))
                    .isEqualTo(7);
            assertThat(scrape.sum("wadi_dead_letters_total", "topic", TOPIC)).isEqualTo(2);
            assertThat(scrape.sum("wadi_alerts_late_total")).isNotNaN();
            assertThat(scrape.sum("wadi_complete_until_timestamp_seconds", "topic", TOPIC))
                    .isPositive();
            for (String route : List.of("landing", "indexing")) {
                assertThat(scrape.sum("wadi_lag_records", "topic", TOPIC, "route", route))
                        .isZero();
                assertThat(scrape.sum("wadi_lag_seconds", "topic", TOPIC, "route", route))
                        .isZero();
            }
        });
    }

    @Test
    void ingest_countsEventsByOutcome() throws Exception {
        Scrape scrape = Scrape.of(wadi);

        assertThat(scrape.sum("wadi_ingest_events_total", "topic", TOPIC, "outcome", "acknowledged"))
                .isEqualTo(7);
        assertThat(scrape.sum("wadi_ingest_events_total", "topic", TOPIC, "outcome", "rejected"))
                .isEqualTo(1);
        assertThat(scrape.sum("wadi_ingest_event_bytes_total", "topic", TOPIC)).isEqualTo(49);
        assertThat(scrape.sum("wadi_ingest_acknowledgement_seconds_count", "topic", TOPIC))
                .isEqualTo(7);
        assertThat(scrape.sum("wadi_ingest_inflight_requests")).isZero();
    }

    @Test
    void partitionMetrics_countReadLandedIndexedAndCommittedRecords() throws Exception {
        Scrape scrape = Scrape.of(wadi);

        for (String route : List.of("landing", "indexing")) {
            String[] labels = {"topic", TOPIC, "route", route, "group", "observed-" + route};
            assertThat(scrape.sum("wadi_consumed_records_total", labels)).isEqualTo(8);
            assertThat(scrape.sum("wadi_consumed_bytes_total", labels)).isEqualTo(55);
            assertThat(scrape.sum("wadi_committed_offset", labels)).isEqualTo(8);
            assertThat(scrape.sum("wadi_inflight_records", labels)).isZero();
            assertThat(scrape.sum("wadi_partition_failing", labels)).isZero();
            assertThat(scrape.sum("wadi_end_to_end_seconds_count", "topic", TOPIC, "route", route))
                    .isEqualTo(8);
        }
        assertThat(scrape.sum("wadi_landed_offset", "topic", TOPIC)).isEqualTo(8);
        assertThat(scrape.sum("wadi_indexed_offset", "topic", TOPIC)).isEqualTo(8);
        assertThat(scrape.sum("wadi_indexing_rejected_documents_total", "topic", TOPIC))
                .isEqualTo(1);
        assertThat(scrape.sum("wadi_landing_rejected_records_total", "topic", TOPIC))
                .isEqualTo(1);
        assertThat(scrape.sum("wadi_landed_files_total", "topic", TOPIC, "reason", "records"))
                .isPositive();
        assertThat(scrape.sum("wadi_landed_files_total", "topic", TOPIC, "reason", "age"))
                .isPositive();
    }

    /**
     * Prometheus recommends <a href="https://prometheus.io/docs/practices/naming/">base units and the meaning of name
     * endings</a>.
     */
    @Test
    void names_followPrometheusConventions() throws Exception {
        Scrape scrape = Scrape.of(wadi);

        scrape.types().forEach((name, type) -> {
            assertThat(name).matches("[a-z][a-z0-9_]*[a-z0-9]").doesNotContain("__");
            assertThat(scrape.help(name)).as(name).isNotBlank();
            assertThat(name.endsWith("_total")).as("%s, a %s", name, type).isEqualTo(type.equals("counter"));
            assertThat(name).doesNotContainPattern("_(ms|millis|milliseconds|minutes|kb|mb|kilobytes|percent)(_|$)");
            if (type.equals("histogram")) {
                assertThat(name).endsWith("_seconds");
            }
        });
        assertThat(scrape.samples().stream().map(sample -> sample.name() + sample.labels()))
                .doesNotHaveDuplicates();
    }

    @Test
    void scrape_passesPromtool_whereInstalled() throws Exception {
        assumeTrue(
                Program.isThere("promtool"),
                "Skipped: no promtool on the PATH. On Debian and Ubuntu: apt-get install prometheus");

        Path page = Files.writeString(directory.resolve("page"), Scrape.of(wadi).text());
        // Names that Micrometer defines are not checked.
        assertThat(promtool(page, "check", "metrics").lines().filter(line -> line.startsWith("wadi_")))
                .isEmpty();
        assertThat(promtool(page, "check", "rules", ALERTS.toString())).contains("SUCCESS");
        for (String configuration : List.of("prometheus.yml", "compose.yml")) {
            assertThat(promtool(page, "check", "config", "docker/prometheus/" + configuration))
                    .as(configuration)
                    .contains("SUCCESS");
        }
        assertThat(promtool(page, "test", "rules", "docker/prometheus/alerts.test.yml"))
                .contains("SUCCESS");
    }

    private static String promtool(Path input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(Arrays.asList(arguments));
        return Program.attempt(ProcessBuilder.Redirect.from(input.toFile()), command.toArray(String[]::new))
                .output();
    }

    // ---- files that refer to metrics

    @Test
    void dashboard_usesExistingMetrics() throws Exception {
        JsonNode panels = new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels");

        List<String> expressions = panels.findValuesAsText("expr");
        assertThat(expressions)
                .hasSizeGreaterThan(20)
                .allSatisfy(expression -> assertThat(metrics(expression)).isNotEmpty());
        assertThat(metrics(String.join("\n", expressions))).isSubsetOf(known());
        // Each instance sends all alerts.
        assertThat(expressions).contains("max by (to) (wadi_alerts_webhook_pending{instance=~\"$instance\"})");
        assertThat(panels.findValuesAsText("type").stream().filter("row"::equals))
                .hasSize(6);
    }

    @Test
    void alerts_useExistingMetrics_andAreDocumented() throws Exception {
        String rules = Files.readString(ALERTS);
        String reference = Files.readString(METRICS_REFERENCE);

        assertThat(metrics(rules)).isNotEmpty().isSubsetOf(known());
        List<String> alerts = all(Pattern.compile("alert: (\\w+)"), rules);
        assertThat(alerts)
                .hasSizeGreaterThan(10)
                .doesNotHaveDuplicates()
                .allSatisfy(alert -> assertThat(reference).containsPattern("(?m)^\\| `" + alert + "` \\|"));
        assertThat(all(Pattern.compile("(?m)^\\| `(Wadi\\w+)` \\|"), reference))
                .containsExactlyInAnyOrderElementsOf(alerts);
        assertThat(all(Pattern.compile("runbook_url: (\\S+)"), rules))
                .hasSameSizeAs(alerts)
                .containsOnly("docs/reference/metrics.md");
    }

    @Test
    void documentation_listsEachMetric_andNoOther() throws Exception {
        String documentation = "";
        try (Stream<Path> files = Files.walk(Path.of("docs"))) {
            // extend.md contains the metric of its example.
            for (Path each : files.filter(file -> file.toString().matches("docs/(how-to|reference)/(?!extend).*\\.md"))
                    .toList()) {
                documentation += Files.readString(each);
            }
        }
        Set<String> documented = metrics(documentation.replaceAll("(?s)```.*?```", ""));
        documented.removeIf(name -> !name.startsWith("wadi_"));
        documented.remove("wadi_offsets"); // a table

        Set<String> exposed = Scrape.of(wadi).names();
        exposed.removeIf(name -> !name.startsWith("wadi_"));
        assertThat(documented).containsAll(exposed);
        assertThat(documented).isSubsetOf(known());
    }

    private static Set<String> metrics(String text) throws Exception {
        Scrape scrape = Scrape.of(wadi);
        return all(METRIC, text.replaceAll("\"wadi_[^\"]*\"", "")).stream()
                .map(scrape::family)
                .filter(name -> !name.endsWith("_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns the metrics that are exposed now, and those that are exposed once an event first occurs. */
    private static Set<String> known() throws Exception {
        Set<String> known = Scrape.of(wadi).names();
        known.addAll(LATER);
        return known;
    }

    /** A renamed metric must not be taken for one that is exposed later. */
    @Test
    void lateMetrics_areNotExposedAtTheStart_andExistInTheCode() throws Exception {
        assertThat(LATER).doesNotContainAnyElementsOf(Scrape.of(wadi).names());
        String code = code();
        assertThat(LATER).allSatisfy(metric -> {
            String name = metric.replaceAll("_(total|seconds)$", "");
            assertThat(List.of(metric, name, metric.replace('_', '.'), name.replace('_', '.')))
                    .anyMatch(literal -> code.contains("\"" + literal + "\""));
        });
    }

    private static String code() throws IOException {
        StringBuilder code = new StringBuilder();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java/io/wadi"))) {
            for (Path source : sources.filter(Files::isRegularFile)
                    // Setting names resemble meter names.
                    .filter(file -> !file.toString().contains("/config/"))
                    .toList()) {
                code.append(Files.readString(source));
            }
        }
        return code.toString();
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(ScrapeIT::lastGroup).toList();
    }

    private static String lastGroup(MatchResult found) {
        return found.group(found.groupCount());
    }
}
