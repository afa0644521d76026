package io.wadi.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Browser;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;

/** The page as the pipeline serves it: a click goes all the way to HDFS and Elasticsearch. */
class PageOnPipelineTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Browser browser;
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.start(Map.of());
        browser = Browser.open().orElse(null);
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        wadi.close();
    }

    @Test
    void click_isSeenInKafkaHdfsAndElasticsearch() throws Exception {
        assumeTrue(browser != null, Browser.MISSING);
        browser.view(1400, false);
        browser.driver().get(wadi.managementUrl() + "/send");

        browser.driver()
                .findElement(By.cssSelector("button[data-color=purple]"))
                .click();

        await().atMost(SOON).until(() -> text().contains("arrived in both after"));
        assertThat(text()).contains("select-color partition", "offsets ", "\"colorName\": \"purple\"");
        browser.screenshot(
                Files.createDirectories(Path.of("target/screenshots")).resolve("on-pipeline.png"));
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void dashboard_showsWhereEventsGo_andThatNothingIsBehind() throws Exception {
        assumeTrue(browser != null, Browser.MISSING);
        assertThat(Http.get(wadi.eventsUrl() + "/api/select?color=green&user=bob", "User-Agent", "test")
                        .statusCode())
                .isEqualTo(200);
        browser.view(1400, false);
        browser.driver().get(wadi.managementUrl() + "/");

        await().atMost(SOON).until(() -> text("#headline").startsWith("All is well"));
        await().atMost(SOON).until(() -> text("#sinks").contains("documents indexed here"));
        assertThat(text("#sources")).contains("Events over HTTP", "since the start");
        await().atMost(SOON).until(() -> text("#groups-rows").contains("wadi-landing"));
        assertThat(text("#kafka")).contains("topics");
        assertThat(text("#sinks")).contains("HDFS", "landed here", "Elasticsearch");
        assertThat(text("#topics-rows")).contains("select-color");
        assertThat(text("#routes-rows")).contains("web-events", "landing", "indexing");
        assertThat(text("#checks-rows")).contains("wadi-kafka", "wadi-hdfs", "wadi-elasticsearch");
        for (int width : List.of(1400, 800, 375)) {
            for (boolean dark : List.of(false, true)) {
                browser.view(width, dark);
                browser.screenshot(Files.createDirectories(Path.of("target/screenshots"))
                        .resolve("dashboard-%d-%s.png".formatted(width, dark ? "dark" : "light")));
                assertThat(browser.run("return document.documentElement.scrollWidth <= window.innerWidth"))
                        .as("nothing is cut off at %d px", width)
                        .isEqualTo(true);
            }
        }
        assertThat(browser.console()).isEmpty();
    }

    @Test
    void route_isPausedAndResumedOnThePage() throws Exception {
        assumeTrue(browser != null, Browser.MISSING);
        browser.view(1400, false);
        browser.driver().get(wadi.managementUrl() + "/");

        press("pause landing");
        await().atMost(SOON)
                .until(() -> text("#routes-rows [data-key=landing] .chip").equals("paused"));
        await().atMost(SOON).until(() -> text("#sinks [data-key=landing]").contains("landing is paused"));
        assertThat(Http.get(wadi.managementUrl() + "/connectors/landing/status").body())
                .contains("\"state\":\"PAUSED\"");
        press("resume landing");
        await().atMost(SOON)
                .until(() -> text("#routes-rows [data-key=landing] .chip").equals("running"));
        assertThat(browser.console()).isEmpty();
    }

    /** Rows are drawn anew where what they say has changed: between looking for a button and pressing it, too. */
    private static void press(String label) {
        await().atMost(SOON)
                .ignoreExceptionsInstanceOf(WebDriverException.class)
                .until(() -> {
                    browser.driver()
                            .findElement(By.cssSelector("button[aria-label='" + label + "']"))
                            .click();
                    return true;
                });
    }

    @Test
    void live_isSentToAllWhoWatch_asItChanges() throws Exception {
        HttpResponse<Stream<String>> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(wadi.managementUrl() + "/api/live"))
                                .build(),
                        HttpResponse.BodyHandlers.ofLines());

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        try (Stream<String> lines = answer.body()) {
            assertThat(lines.filter(line -> line.startsWith("event: ")).limit(10))
                    .contains("event: about", "event: history", "event: lag", "event: connectors")
                    .filteredOn("event: now"::equals)
                    .hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void follow_withoutAnOffset_isRefusedWithTheReason() throws Exception {
        assertThat(Http.get(wadi.managementUrl() + "/api/follow?topic=select-color&partition=x&offset=0")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void health_isReadyAndNamesItsChecks() throws Exception {
        await().atMost(SOON)
                .until(() ->
                        Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode() == 200);
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/ready").body())
                .contains("wadi-topics", "wadi-routes", "wadi-kafka");
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/live").body())
                .contains("wadi-process")
                .doesNotContain("wadi-kafka");
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/started").statusCode())
                .isEqualTo(200);
    }

    private static String text(String selector) {
        return browser.driver().findElement(By.cssSelector(selector)).getText();
    }

    private static String text() {
        return browser.driver().findElement(By.tagName("body")).getText();
    }
}
