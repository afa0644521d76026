package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code routes/server-metrics.camel.yaml} as shipped. */
final class ServerMetricsRouteTest {
    private RouteUnderTest route;

    @AfterEach
    void close() {
        route.close();
    }

    @Test
    void fixtures_goByMetricset_byteForByte_keyedByHost() throws Exception {
        start(Map.of());

        route.send(Fixtures.all());

        assertThat(route.values("metric.cpu"))
                .containsExactly(
                        Fixtures.CPU_WEB_01,
                        Fixtures.CPU_WEB_01_HALF,
                        Fixtures.CPU_WEB_02_OVER_HALF,
                        Fixtures.CPU_DB_01_WITHOUT_NORM);
        assertThat(keys("metric.cpu")).containsExactly("web-01", "web-01", "web-02", "db-01");
        assertThat(route.values("metric.memory")).containsExactly(Fixtures.MEMORY_WEB_01, Fixtures.MEMORY_DB_01_OVER);
        assertThat(keys("metric.memory")).containsExactly("web-01", "db-01");
    }

    @Test
    void fixtures_overTheThreshold_raiseAlerts_keyedByHost() throws Exception {
        start(Map.of());

        route.send(Fixtures.all());

        assertThat(route.values("metric.cpu.alert"))
                .containsExactly(
                        MetricDocument.read(Fixtures.CPU_WEB_02_OVER_HALF).alert(),
                        MetricDocument.read(Fixtures.CPU_DB_01_WITHOUT_NORM).alert());
        assertThat(keys("metric.cpu.alert")).containsExactly("web-02", "db-01");
        assertThat(route.values("metric.memory.alert"))
                .containsExactly(MetricDocument.read(Fixtures.MEMORY_DB_01_OVER).alert());
        assertThat(keys("metric.memory.alert")).containsExactly("db-01");
    }

    @Test
    void otherMetricsets_goNowhere_andAreCounted() throws Exception {
        start(Map.of());

        route.send(Fixtures.LOAD_WEB_01);

        assertThat(route.camel().getEndpoints())
                .filteredOn(endpoint -> endpoint.getEndpointUri().startsWith("kafka:"))
                .hasSize(4)
                .allSatisfy(endpoint ->
                        assertThat(((MockEndpoint) endpoint).getExchanges()).isEmpty());
        assertThat(route.letters()).isEmpty();
        assertThat(route.failures()).isEmpty();
        assertThat(route.meters().get("wadi.metrics.dropped").counter().count()).isEqualTo(1);
    }

    @Test
    void otherMetricsets_goToTheirTopic_whereThereIsOne() throws Exception {
        start(Map.of("wadi.metrics.other-topic", "metric.other"));

        route.send(Fixtures.all());

        assertThat(route.values("metric.other")).containsExactly(Fixtures.LOAD_WEB_01);
        assertThat(keys("metric.other")).containsExactly("web-01");
        assertThat(route.values("metric.cpu")).hasSize(4);
        assertThat(route.values("metric.memory")).hasSize(2);
    }

    /** The lines that the file shows as comments do what they say. */
    @Test
    void lineMore_addsAMetricsetOrADataset() throws Exception {
        route = new RouteUnderTest("server-metrics", Map.of(), file -> file.replace("# - {simple", "- {simple"))
                .fedByTest();
        route.start();
        byte[] network = ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"network\"},"
                        + "\"event\":{\"dataset\":\"system.network\"},\"host\":{\"name\":\"web-01\"}}")
                .getBytes(UTF_8);

        route.send(Fixtures.LOAD_WEB_01);
        route.send(network);
        route.send(Fixtures.CPU_WEB_01);

        assertThat(route.values("metric.load")).containsExactly(Fixtures.LOAD_WEB_01);
        assertThat(route.values("metric.network")).containsExactly(network);
        assertThat(route.values("metric.cpu")).containsExactly(Fixtures.CPU_WEB_01);
        assertThat(keys("metric.network")).containsExactly("web-01");
    }

    @Test
    void badDocuments_areRefused_andTheFlowGoesOn() throws Exception {
        start(Map.of());

        route.send(Arrays.asList(Fixtures.FETCH_FAILURE_WEB_01, "not json".getBytes(UTF_8), null, Fixtures.CPU_WEB_01));

        assertThat(route.letters())
                .extracting(letter -> new String(
                        letter.headers()
                                .lastHeader("__connect.errors.exception.message")
                                .value(),
                        UTF_8))
                .satisfiesExactly(
                        message -> assertThat(message)
                                .contains("the agent on web-01 could not fetch: failed to fetch CPU times: "
                                        + "open /proc/stat: permission denied"),
                        message -> assertThat(message).contains("not JSON at line 1, column 1"),
                        message -> assertThat(message).contains("found no value, allowed a JSON object"));
        assertThat(route.letters().get(0).value()).isEqualTo(Fixtures.FETCH_FAILURE_WEB_01);
        assertThat(route.values("metric.cpu")).containsExactly(Fixtures.CPU_WEB_01);
    }

    @Test
    void incomingHeaders_doNotGoOn() throws Exception {
        start(Map.of());

        route.send(
                Fixtures.CPU_WEB_02_OVER_HALF,
                new RecordHeader(KafkaConstants.OVERRIDE_TOPIC, "elsewhere".getBytes(UTF_8)),
                new RecordHeader(KafkaConstants.KEY, "mine".getBytes(UTF_8)),
                new RecordHeader("trace", "1".getBytes(UTF_8)));

        for (String topic : List.of("metric.cpu", "metric.cpu.alert")) {
            assertThat(route.topic(topic).getExchanges().get(0).getMessage().getHeaders())
                    .isEmpty();
            assertThat(route.records(topic).get(0).getHeaders())
                    .containsOnly(Map.entry(KafkaConstants.KEY, "web-02".getBytes(UTF_8)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // threshold, share, alert
        "0.5, 0.5, false",
        "0.5, 0.5001, true",
        "0.5, 0.49, false",
        "0.5, 1, true",
        "0.5, 0, false",
        ".5, 0.5001, true",
        ".5, 0.5, false",
        "0.50, 0.5, false",
        "0.1, 1e-3, false", // as text, 1e-3 > 0.1
        "0, 0, false",
        "0, 0.0001, true", // as whole numbers, equal
        "1, 1, false",
        "1, 0.9999, false",
        "0.9, 0.9, false",
        "0.9, 0.90001, true",
        "5e-1, 0.5001, true",
        "5e-1, 0.4999, false"
    })
    void alert_onlyStrictlyOverTheThreshold_comparedAsNumbers(String threshold, String share, boolean alert)
            throws Exception {
        start(Map.of("wadi.metrics.cpu-threshold", threshold, "wadi.metrics.memory-threshold", threshold));

        route.send(document("cpu", "{\"cpu\":{\"total\":{\"norm\":{\"pct\":" + share + "}}}}"));
        route.send(document("memory", "{\"memory\":{\"actual\":{\"used\":{\"pct\":" + share + "}}}}"));

        assertThat(route.letters()).isEmpty();
        assertThat(route.failures()).isEmpty();
        assertThat(route.values("metric.cpu")).hasSize(1);
        assertThat(route.values("metric.cpu.alert")).hasSize(alert ? 1 : 0);
        assertThat(route.values("metric.memory.alert")).hasSize(alert ? 1 : 0);
    }

    @Test
    void threshold_notANumber_isRefusedAtStart() {
        assertThatException()
                .isThrownBy(() -> start(Map.of("wadi.metrics.cpu-threshold", "half")))
                .withStackTraceContaining("half");
    }

    @Test
    void documentWithoutFigures_raisesNoAlert() throws Exception {
        start(Map.of("wadi.metrics.cpu-threshold", "0"));

        route.send(document("cpu", "{\"cpu\":{\"cores\":4}}"));

        assertThat(route.values("metric.cpu")).hasSize(1);
        assertThat(route.values("metric.cpu.alert")).isEmpty();
        assertThat(route.letters()).isEmpty();
        assertThat(route.failures()).isEmpty();
    }

    private void start(Map<String, String> settings) throws Exception {
        route = new RouteUnderTest("server-metrics", settings).fedByTest();
        route.start();
    }

    private List<String> keys(String topic) {
        return route.records(topic).stream()
                .map(each -> new String((byte[]) each.getHeader(KafkaConstants.KEY), UTF_8))
                .toList();
    }

    private static byte[] document(String metricset, String system) {
        return ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"" + metricset
                        + "\"},\"host\":{\"name\":\"web-01\"},\"system\":" + system + "}")
                .getBytes(UTF_8);
    }
}
