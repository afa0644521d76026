package io.wadi.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.Browser;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;

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
        browser.driver().get(wadi.managementUrl() + "/");

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

    private static String text() {
        return browser.driver().findElement(By.tagName("body")).getText();
    }
}
