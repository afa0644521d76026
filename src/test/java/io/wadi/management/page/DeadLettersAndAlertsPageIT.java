package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Browser;
import io.wadi.testing.DeadLetterWriter;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dead letters and alerts on the page. */
class DeadLettersAndAlertsPageIT {
    private static final String DEAD_LETTERS = "page.dead-letters";
    private static final String HOME = "page.home";
    private static final String ALERTS = "page.alerts";
    /**
     * The timestamp of every record, as if all were sent in the same millisecond, so that offsets determine the order.
     */
    private static final long SAME_TIME = System.currentTimeMillis();

    @TempDir
    private static Path configuration;

    private static Browser browser;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        TopicProbe.create(DEAD_LETTERS, 2);
        TopicProbe.create(HOME, 3);
        TopicProbe.create(ALERTS, 1, Map.of("cleanup.policy", "compact"));
        DeadLetterWriter deadLetters = new DeadLetterWriter(DEAD_LETTERS, HOME);
        deadLetters.write(
                "indexing", "2@17", "a.b.Refused", "index x refused 17 with 400 mapping", "v17", "wadi-attempts", "3");
        deadLetters.write(
                "indexing", "2@18", "a.b.Refused", "index x refused 18 with 400 mapping", "{\"password\":\"hunter2\"}");
        deadLetters.write(
                "indexing", "1@19", "a.b.Refused", "index x refused 19 with 400 mapping", "<b>bold</b>", "trace", "t");
        deadLetters.write("landing", "0@1", "a.b.TooLong", "a line <i>break</i>", "v1");
        deadLetters.write("logins", "0@2", "a.b.Refused", "bad password=hunter2 in x", "v2");
        deadLetters.write("logins", "0@3", "a.b.Refused", "bad password=hunter2 in x, and more", "v3");
        alert("cpu|web-1", "firing", "cpu-high", "web-1", "2026-11-20T10:00:00Z");
        alert("cpu|web-2", "pending", "cpu-high", "web-2 <b>", "2026-11-20T10:01:00Z");
        alert("memory|web-1", "firing", "memory-high", "web-1", "2026-11-20T10:02:00Z");
        alert("memory|web-1", "resolved", "memory-high", "web-1", "2026-11-20T10:03:00Z");
        KafkaProbe.send(new ProducerRecord<>(ALERTS, "x".getBytes(UTF_8), "{not json".getBytes(UTF_8)));
        // Runs without the flows, which would add dead letters of other tests' records.
        Path routes = Files.createDirectories(configuration.resolve("routes"));
        for (String file : List.of("errors.camel.yaml", "alerts.camel.yaml", "alert-notifications.camel.yaml")) {
            Files.copy(Path.of("routes", file), routes.resolve(file));
        }
        wadi = RunningWadi.startConfigured(
                configuration, Map.of("wadi.dead-letters.topic", DEAD_LETTERS, "wadi.alerts.topic", ALERTS));
        browser = Browser.shared();
    }

    private static void alert(String key, String state, String rule, String host, String at) throws Exception {
        String json = """
                {"id":"%s","rule":"%s","kind":"value","state":"%s","reason":"crossed","host":"%s","value":0.934567,"threshold":0.5,
                 "since":"%s","at":"%s","severity":"page","labels":{},"annotations":{"summary":"%s of %s"}}
                """.formatted(key, rule, state, host, at, at, rule, host);
        KafkaProbe.send(new ProducerRecord<>(ALERTS, 0, SAME_TIME, key.getBytes(UTF_8), json.getBytes(UTF_8)));
    }

    @Test
    void deadLetters_areShownByCause_andReplayedToTheirTopics() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        browser.soon("#dead-letters-status", shown -> shown.isEqualTo("6 dead letters of 4 causes, newest first."));
        assertThat(browser.text("#dead-letters-rows"))
                .contains(
                        "Refused: index x refused # with # mapping", "route indexing, topic page.home", "<i>break</i>");

        browser.press("button[aria-label='show Refused: index x refused # with # mapping']");
        browser.soon("#dead-letter-rows", shown -> shown.contains("page.home-1@19"));
        browser.run("document.querySelectorAll('#dead-letter-rows details').forEach(each => each.open = true)");
        assertThat(browser.text("#dead-letter-rows"))
                .contains("Refused: index x refused 19 with 400 mapping", "<b>bold</b>", "trace: t", "replayed 3 times")
                .doesNotContain("hunter2", "__connect.errors");

        browser.press("button[aria-label='replay Refused: index x refused # with # mapping']");
        browser.soon(
                "#dead-letters-replayed",
                shown -> shown.isEqualTo(
                        "2 records would be replayed to page.home. 1 skipped: replayed three times already."));
        assertThat(KafkaProbe.readAll(HOME)).isEmpty();
        browser.press("button[aria-label='replay Refused: index x refused # with # mapping']");
        browser.soon("#dead-letters-replayed", shown -> shown.startsWith("2 records replayed to page.home"));
        assertThat(KafkaProbe.readAll(HOME))
                .extracting(found -> new String(found.value(), UTF_8))
                .containsExactlyInAnyOrder("{\"password\":\"hunter2\"}", "<b>bold</b>");

        browser.run("const form = document.getElementById('dead-letters-form'); form.cause.value = 'LINE';"
                + " form.requestSubmit()");
        browser.soon("#dead-letters-status", shown -> shown.isEqualTo("1 dead letter of 1 cause, newest first."));
        browser.checkAppearance("#dead-letters", "dead-letters");
    }

    @Test
    @Nightly(perChange = {"AlertCollectorTest", "PageOnPipelineIT#records_areShownAsText_withAnyContent"})
    void alerts_areShownWithTheirHistory() throws Exception {
        browser.show(wadi.managementUrl() + "/");

        browser.soon("#alerts-count", shown -> shown.isEqualTo("2"));
        assertThat(browser.text("#alerts-rows"))
                .containsSubsequence("cpu-high of web-1", "firing", "0.935 / 0.5", "cpu-high of web-2 <b>", "pending")
                .doesNotContain("memory-high");
        assertThat(browser.text("#alerts-status")).isEqualTo("1 record is not a valid alert.");
        browser.run("document.getElementById('alerts-past').open = true");
        assertThat(browser.text("#alerts-past"))
                .containsSubsequence("The last 4 changes", "resolved", "memory-high on web-1", "firing", "pending");

        alert("cpu|web-2", "resolved", "cpu-high", "web-2", "2026-11-20T10:05:00Z");
        browser.soon("#alerts-count", shown -> shown.isEqualTo("1"));
        browser.checkAppearance("#alerts", "alerts");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | dead-letters?since=yesterday       | since is "yesterday", expected a time such as 2026-11-20T10:00:00Z or a duration such as 2h
            GET  | dead-letters/records?limit=0       | Invalid value 0 for limit: expected 1 to 200
            GET  | dead-letters?since=1h&since=2h     | parameter since occurs 2 times; expected once
            GET  | dead-letters/records?at=0:1,1      | at is "1", expected a dead letter such as 0:17
            GET  | dead-letters?at=,                  | at is "", expected a dead letter such as 0:17
            GET  | topics/x/records?partition=0&offset=1&time=1 | time has no effect with offset: expected one of them
            POST | dead-letters/replay                | expected a selection (route, topic, cause, group, since, until, at) or all=true, not both
            POST | dead-letters/replay?all=true&route=x | expected a selection (route, topic, cause, group, since, until, at) or all=true, not both
            POST | dead-letters/replay?route=x&max-attempts=many | Invalid value 'many' for max-attempts: expected an integer
            POST | dead-letters/replay?route=x&dry-run | Invalid value '' for dry-run: expected true or false
            POST | dead-letters/replay?route=x&dry-run=1 | Invalid value '1' for dry-run: expected true or false
            POST | dead-letters/replay?topic=x&cause= | Invalid value '' for cause: expected a part of a cause
            GET  | dead-letters?group=               | Invalid value '' for group: expected the cause of a group
            GET  | dead-letters/records?limit        | Invalid value '' for limit: expected an integer
            GET  | topics/x/records?partition=&limit=5 | Invalid value '' for partition: expected an integer
            GET  | follow?topic=&partition=0&offset=0 | Invalid value '' for topic: expected a topic
            POST | dead-letters/replay?all=yes       | Invalid value 'yes' for all: expected true or false
            POST | dead-letters/replay?route=x&dryrun=true | unknown parameter dryrun; expected route, topic, cause, group, since, until, at, all, max-attempts, dry-run; did you mean dry-run?
            """)
    void invalidQuery_isRejectedWithTheReason(String method, String path, String why) throws Exception {
        HttpResponse<String> response = Http.send(method, wadi.managementUrl() + "/api/" + path);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.json(response).path("error").asText()).isEqualTo(why);
    }

    @Test
    void header_isNoSelection() throws Exception {
        HttpResponse<String> response =
                Http.send("POST", wadi.managementUrl() + "/api/dead-letters/replay?dry-run=true", "All", "true");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("expected a selection");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "about",
                "alerts",
                "cluster",
                "dead-letters",
                "dead-letters/records",
                "follow",
                "indexed",
                "lag",
                "landed",
                "landed/x",
                "landed/x/preview",
                "live",
                "routes/x",
                "session",
                "topics/x",
                "topics/x/records"
            })
    void unknownParameter_isRejected(String path) throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + "/api/" + path + "?max-age=1");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("unknown parameter max-age; expected ");
    }

    @Test
    void maskedValue_doesNotSelect_andTheShownCauseDoes() throws Exception {
        JsonNode masked = selected("route=logins&cause=bad");

        assertThat(masked.path("groups")).hasSize(2);
        assertThat(masked.path("groups").findValuesAsText("cause"))
                .contains("Refused: bad password=••• in x", "Refused: bad password=••• in x, and more");
        assertThat(selected("cause=hunter2").path("deadLetters").asInt()).isZero();
        assertThat(selected("cause=" + encode("password=•••"))
                        .path("deadLetters")
                        .asInt())
                .isEqualTo(2);
        assertThat(selected("group=" + encode("Refused: bad password=••• in x"))
                        .path("deadLetters")
                        .asInt())
                .isOne();
    }

    private static JsonNode selected(String query) throws Exception {
        return Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters?" + query));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    @Test
    void deadLetters_areSelectedByPartitionAndOffset() throws Exception {
        JsonNode all = Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters/records?route=landing"));
        String at = all.path("records").path(0).path("at").asText();

        JsonNode one = Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters/records?at=" + at));

        assertThat(Http.json(Http.get("%s/api/dead-letters/records?at=%s,%s".formatted(wadi.managementUrl(), at, at))))
                .isEqualTo(one);
        assertThat(one.path("records")).hasSize(1);
        assertThat(one.path("records").path(0).path("message").asText()).isEqualTo("a line <i>break</i>");
        assertThat(Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters?until=2020-01-01T00:00:00Z"))
                        .path("deadLetters")
                        .asInt())
                .isZero();
        assertThat(Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters?max=3")))
                .hasToString("{\"deadLetters\":6}");
        assertThat(Http.json(Http.get(wadi.managementUrl() + "/api/dead-letters?max=6"))
                        .path("deadLetters")
                        .asInt())
                .isEqualTo(6);
    }
}
