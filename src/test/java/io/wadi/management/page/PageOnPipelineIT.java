package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.Ports;
import io.wadi.testing.Browser;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.Closeable;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The page of a running pipeline, including the progress of an event to HDFS and Elasticsearch. */
class PageOnPipelineIT {
    /** Groups and paths of this test, because groups with the shipped names also have members of other tests. */
    private static final Map<String, String> SETTINGS = Map.of(
            "wadi.management.port", Integer.toString(Ports.free()),
            "wadi.landing.group", "page-landing",
            "wadi.landing.directory", "/page",
            "wadi.indexing.group", "page-indexing",
            "wadi.indexing.index", "page",
            "wadi.metrics.group", "page-metrics");

    private static Browser browser;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.start(SETTINGS);
        browser = Browser.shared();
    }

    @Test
    void click_isShownInKafkaHdfsAndElasticsearch() throws Exception {
        browser.show(wadi.managementUrl() + "/send");

        browser.driver()
                .findElement(By.cssSelector("button[data-color=purple]"))
                .click();

        await().until(() -> text().contains("arrived in both after"));
        assertThat(text()).contains("select-color partition", "offsets ", "\"colorName\": \"purple\"");
        browser.screenshot(
                Files.createDirectories(Path.of("target/screenshots")).resolve("on-pipeline.png"));
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(
            perChange = {
                "DeadLettersAndAlertsPageIT#deadLetters_areShownByCause_andReplayedToTheirTopics",
                "PageOnPipelineIT#groupNames_areShownAsText",
                "PageOnPipelineIT#timeline_showsFilesAndRebalancesOfTheLastHour"
            })
    void dashboard_showsTheFlowOfEvents_withoutLag() throws Exception {
        assertThat(Http.get(wadi.eventsUrl() + "/api/select?color=green&user=bob", "User-Agent", "test")
                        .statusCode())
                .isEqualTo(200);
        browser.show(wadi.managementUrl() + "/");

        // Groups of other tests on the same servers appear as other problems.
        browser.soon(
                "#headline-title",
                shown -> shown.matches("Healthy: .*|The pipeline works; other problems need attention"));
        browser.soon("#sinks", shown -> shown.matches("(?s).*[1-9]\\d* documents? indexed here.*"));
        assertThat(browser.text("#sources")).contains("Events over HTTP", "since the start");
        browser.soon("#groups-rows", shown -> shown.contains("page-landing"));
        assertThat(browser.text("#kafka")).contains("topics");
        assertThat(browser.text("#sinks")).contains("HDFS", "landed here", "Elasticsearch");
        assertThat(browser.text("#topics-rows")).contains("select-color");
        assertThat(browser.text("#flows-off-summary")).contains("off: ", "card-payments");
        assertThat(browser.text("#routes-rows")).contains("web-events", "landing", "indexing");
        assertThat(browser.text("#checks-rows")).contains("wadi-kafka", "wadi-hdfs", "wadi-elasticsearch");
        browser.checkAppearance("html", "dashboard");
    }

    /** Kafka's own topics are written even by an idle pipeline. */
    @Test
    void topics_areCountedWithoutInternalOnes() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                TestServers.shared().ports().kafkaBrokers()))) {
            assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()
                            .get())
                    .contains("__consumer_offsets");
            await().untilAsserted(() -> assertThat(browser.text("#kafka"))
                    .contains("%d topics"
                            .formatted(admin.listTopics().names().get().size())));
        }
    }

    @Test
    void timeline_showsFilesAndRebalancesOfTheLastHour() throws Exception {
        Http.get(wadi.eventsUrl() + "/api/select?color=blue&user=eve", "User-Agent", "test");
        browser.show(wadi.managementUrl() + "/");

        await().untilAsserted(() -> assertThat(
                        browser.run(
                                "return document.querySelector('#timeline-lanes [data-key=landing] svg')?.getAttribute('aria-label')"))
                .asString()
                .matches("landing in the last hour: \\d+ files?, \\d+ partitions? assigned.*"));
        assertThat(browser.text("#timeline")).contains("landing", "indexing", "60 min ago");
    }

    @Test
    @Nightly(perChange = {"ConnectApiIT", "RouteSecretsTest"})
    void route_isShownWithItsDefinition() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        browser.press("button[aria-label='definition of landing']");
        browser.soon("#route-source", shown -> shown.contains("landing.camel.yaml:"));
        assertThat(browser.text("#route-yaml")).contains("id: landing", "uri: kafka", "{{wadi.landing.topics}}");
        HttpResponse<String> unknown = Http.get(wadi.managementUrl() + "/api/routes/nowhere");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body()).contains("route nowhere does not exist");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = {"ConnectApiIT"})
    void route_isPausedAndResumedOnThePage() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        try {
            browser.press("button[aria-label='pause landing']");
            browser.soon("#routes-rows [data-key=landing] .chip", shown -> shown.isEqualTo("paused"));
            browser.soon("#sinks [data-key=landing]", shown -> shown.contains("landing is paused"));
            assertThat(Http.get(wadi.managementUrl() + "/connectors/landing/status")
                            .body())
                    .contains("\"state\":\"PAUSED\"");
            browser.press("button[aria-label='resume landing']");
            browser.soon("#routes-rows [data-key=landing] .chip", shown -> shown.isEqualTo("running"));
        } finally {
            Http.send("PUT", wadi.managementUrl() + "/connectors/landing/resume");
        }
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(because = "needs a second start of the complete pipeline")
    void restart_isReported_andThePageReconnects() throws Exception {
        browser.show(wadi.managementUrl() + "/");
        browser.soon("#link", shown -> shown.matches("live, \\d\\d:\\d\\d:\\d\\d"));
        browser.soon("#groups-rows", shown -> shown.contains("page-landing"));
        assertThat(browser.console()).isEmpty();

        wadi.close();
        browser.soon("#link", shown -> shown.matches("Wadi does not respond; as of \\d\\d:\\d\\d:\\d\\d"));
        assertThat(browser.run("return document.body.classList.contains('stale')"))
                .isEqualTo(true);
        assertThat(browser.text("#groups-rows"))
                .as("known groups remain on the page")
                .contains("page-landing");

        wadi = RunningWadi.start(SETTINGS);
        browser.soon("#link", shown -> shown.startsWith("live, "));
        assertThat(browser.run("return document.body.classList.contains('stale')"))
                .isEqualTo(false);
        assertThat(Http.get(wadi.eventsUrl() + "/api/select?color=red&user=eve", "User-Agent", "test")
                        .statusCode())
                .isEqualTo(200);
        browser.soon("#sources", shown -> shown.contains("1 event since the start"));
        browser.soon("#routes-rows [data-key=landing] .chip", shown -> shown.isEqualTo("running"));
        browser.press("button[aria-label='definition of landing']");
        browser.soon("#route-source", shown -> shown.contains("landing.camel.yaml:"));
        assertThat(browser.console())
                .as("only failed requests while Wadi or its servers were down")
                .isNotEmpty()
                .allMatch(shown -> shown.contains("net::ERR_") || shown.contains("status of 503"));
    }

    @ParameterizedTest
    @Nightly(because = "needs a browser with another clock")
    @CsvSource({"PT3H, 3 h 0 min ahead", "PT-2H, 2 h 0 min behind"})
    void wrongBrowserClock_isReportedAlone(Duration ahead, String reported) throws Exception {
        Http.get(wadi.eventsUrl() + "/api/select?color=blue&user=eve", "User-Agent", "test");
        browser.view(375, false);
        try (Closeable turned = browser.turnClock(ahead)) {
            browser.driver().get(wadi.managementUrl() + "/");

            browser.soon(
                    "#link",
                    shown -> shown.matches("live, \\d\\d:\\d\\d:\\d\\d; this computer's clock is " + reported));
            browser.soon("#timeline", shown -> shown.contains("landing"));
            browser.soon("#groups-rows", shown -> shown.contains("page-landing"));
            assertThat(browser.run("return document.body.classList.contains('stale')"))
                    .isEqualTo(false);
            assertThat(browser.run("return document.documentElement.scrollWidth <= window.innerWidth"))
                    .isEqualTo(true);
            browser.screenshot(Path.of("target/screenshots", "clock-" + ahead + ".png"));
            assertThat(browser.console()).isEmpty();
        }
    }

    @Test
    void groupNames_areShownAsText() throws Exception {
        String topic = "page.names";
        TopicProbe.create(topic, 1);
        // Groups with lag are sorted before the hundreds of groups of other tests.
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < 1_000; i++) {
                producer.send(new ProducerRecord<>(topic, new byte[] {1}));
            }
        }
        List<String> groups = List.of("it's \"mine\" <b>bold</b> 🐪", "constructor", "__proto__");
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                TestServers.shared().ports().kafkaBrokers()))) {
            for (String group : groups) {
                admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)))
                        .all()
                        .get();
            }
            try {
                browser.show(wadi.managementUrl() + "/");
                browser.soon("#groups-rows", shown -> shown.contains(groups));
                assertThat(browser.run("return document.querySelectorAll('#groups-rows b').length"))
                        .isEqualTo(0L);
                assertThat(browser.console()).isEmpty();
            } finally {
                admin.deleteConsumerGroups(groups).all().get();
            }
        }
    }

    @Test
    @Nightly(perChange = {"ConnectApiIT", "PageIT#keyboard_reachesAllControlsInOrder"})
    void keyboard_pausesAndResumesARoute_andKeepsTheFocus() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        try {
            browser.soon("#routes-rows [data-key=indexing]", shown -> shown.contains("pause"));
            browser.run("document.querySelector(\"button[aria-label='definition of indexing']\").focus()");
            browser.type(Keys.TAB);
            assertThat(browser.focused()).isEqualTo("pause indexing");
            browser.type(Keys.ENTER);
            browser.soon("#routes-rows [data-key=indexing] .chip", shown -> shown.isEqualTo("paused"));
            assertThat(browser.focused()).isEqualTo("resume indexing");
            browser.type(Keys.ENTER);
            browser.soon("#routes-rows [data-key=indexing] .chip", shown -> shown.isEqualTo("running"));
            assertThat(browser.focused()).isEqualTo("pause indexing");
        } finally {
            Http.send("PUT", wadi.managementUrl() + "/connectors/indexing/resume");
        }
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = {"PageIT#keyboard_reachesAllControlsInOrder"})
    void keyboard_opensADefinition_andReturnsTheFocusToItsRoute() throws Exception {
        browser.show(wadi.managementUrl() + "/");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Skip to the content");

        browser.soon("#routes-rows [data-key=indexing]", shown -> shown.contains("pause"));
        browser.run("document.querySelector(\"button[aria-label='definition of indexing']\").focus()");
        browser.type(Keys.ENTER);
        await().until(() -> browser.focused().equals("indexing"));
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Close");
        browser.type(Keys.ENTER);
        assertThat(browser.focused()).isEqualTo("definition of indexing");
        assertThat(browser.run("return document.getElementById('route-text').hidden"))
                .isEqualTo(true);

        browser.press("button[aria-label='stop indexing']");
        assertThat(browser.run("return document.getElementById('announce').textContent"))
                .isEqualTo("really stop? Press the button again.");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void records_areShownAsText_withAnyContent() throws Exception {
        String topic = "page.records";
        TopicProbe.create(topic, 2);
        byte[] binary = {(byte) 0xff, 0, 1};
        send(topic, 0, "first", "{\"name\":\"é 🐪\",\"password\":\"hunter2\"}".getBytes(UTF_8));
        send(topic, 0, "<b>", "<img src=x onerror='window.broken=1'><script>window.broken=1</script>".getBytes(UTF_8));
        send(topic, 1, "large", "x".repeat(1_000_000).getBytes(UTF_8));
        send(topic, 1, "binary", binary);
        browser.show(wadi.managementUrl() + "/");

        browser.press("button[aria-label='records of " + topic + "']");
        browser.soon("#records-status", shown -> shown.startsWith("4 of at most 4; 2 partitions"));
        browser.run("document.querySelectorAll('#records-rows details').forEach(each => each.open = true)");
        assertThat(browser.text("#records-rows"))
                .contains("\"name\" : \"é 🐪\"", "\"password\" : \"•••\"", "<img src=x onerror=", "base64:/wAB")
                .contains("1.00 M bytes, the first 20,000 characters are shown")
                .doesNotContain("hunter2");
        assertThat(browser.run("return window.broken === undefined")).isEqualTo(true);
        browser.screenshot(
                Files.createDirectories(Path.of("target/screenshots")).resolve("dashboard-records.png"));

        browser.run("const form = document.getElementById('records-form'); form.partition.value = '0';"
                + "form.from.value = 'offset'; form.from.dispatchEvent(new Event('change')); form.offset.value = '1';"
                + "form.requestSubmit()");
        browser.soon("#records-status", shown -> shown.startsWith("1 of at most 2; partition 0 has offsets 0 to 1"));
        assertThat(browser.text("#records-rows")).contains("0@1").doesNotContain("0@0");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = {"PageOnPipelineIT#records_areShownAsText_withAnyContent"})
    void brokersAndATopicsPartitionsAndSettings_areShown() throws Exception {
        String topic = "page.settings";
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                TestServers.shared().ports().kafkaBrokers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
        browser.show(wadi.managementUrl() + "/");

        browser.soon("#brokers-rows", text -> text.contains("(controller)"));
        browser.run("document.getElementById('brokers-details').open = true");
        browser.soon(
                "#brokers-settings",
                text -> text.matches("(?s).*\\d\\s+log\\.dirs?\\s+\\S+\\s+static broker config.*"));
        browser.press("button[aria-label='records of " + topic + "']");
        browser.run("document.getElementById('topic-details').open = true");
        browser.soon("#topic-partitions", text -> text.matches("(?s)0\\s+(\\d+)\\s+\\1\\s+\\1\\s+–\\s+1\\s.*"));
        browser.soon(
                "#topic-settings", text -> text.matches("(?s).*cleanup\\.policy\\s+compact\\s+dynamic topic config.*"));
        assertThat(Http.get(wadi.managementUrl() + "/api/topics/nowhere").statusCode())
                .isEqualTo(404);
        assertThat(browser.console()).isEmpty();
    }

    private static void send(String topic, int partition, String key, byte[] value) throws Exception {
        KafkaProbe.send(new ProducerRecord<>(topic, partition, key.getBytes(UTF_8), value));
    }

    private static String text() {
        return browser.driver().findElement(By.tagName("body")).getText();
    }
}
