package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.management.page.PageStubs.Answer;
import io.wadi.testing.Browser;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;

/** The page for sending an event, in a browser, with a server that responds as the test determines. */
abstract class SendPageTestSupport {
    static final String FILE =
            "/data/select-color/partition=2/select-color+2+00000000000000000040+00000000000000000045.jsonl";
    static final String LANDED = """
            {"state":"landed","file":"%s","at":"2026-04-14T12:35:00Z","url":"http://localhost:9870/webhdfs/v1%s?op=OPEN"}""".formatted(FILE, FILE);
    static final String INDEXED = """
            {"state":"indexed","index":"select-color-index","id":"select-color+2+41",
            "url":"http://localhost:9200/select-color-index/_doc/select-color%2B2%2B41",
            "document":{"timestamp":"2026-04-14T21:34:56.789+0900",
            "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "colorName":"red","userName":"alice"}}""";
    static final String PENDING = "{\"state\":\"pending\"}";
    static final String HDFS_DOWN = """
            {"state":"landed","file":null,"at":null,"problem":"HDFS does not respond: Connection refused"}""";
    static final Answer ARRIVED = found(LANDED, INDEXED);
    static final Answer KAFKA_DOWN = new Answer(503, """
            {"error":"Kafka does not respond"}""", Map.of("Retry-After", "5"));

    static Browser browser;

    @AutoClose
    static PageStubs wadi;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.shared();
        wadi = new PageStubs();
    }

    @BeforeEach
    void openPage() {
        // Stops the previous test's page from polling for its event.
        browser.driver().get("about:blank");
        wadi.reset();
        browser.view(1400, false);
        open("localhost");
        browser.console();
    }

    static Answer found(String landed, String indexed) {
        return found(landed, indexed, "null");
    }

    static Answer found(String landed, String indexed, String deadLetter) {
        return new Answer(200, """
                {"kafka":{"timestamp":"2026-04-14T12:34:56.789Z"},"landed":%s,"indexed":%s,"deadLetter":%s}""".formatted(landed, indexed, deadLetter));
    }

    static void open(String host) {
        browser.driver().get(wadi.page(host) + "send");
        await().until(() -> !text("[data-server=kafka] .value").equals("–"));
    }

    static void click(String color) {
        browser.driver()
                .findElement(By.cssSelector("button[data-color=" + color + "]"))
                .click();
    }

    /** Waits until a stage of the newest event has this state and contains this text. */
    static void awaitStage(String stage, String state, String words) {
        await().untilAsserted(() -> {
            assertThat(stage(stage)).contains(words);
            assertThat(first(selector(stage)).getDomAttribute("data-state")).isEqualTo(state);
        });
    }

    static String selector(String stage) {
        return ".event [data-stage=" + stage + "]";
    }

    /** The text of a stage of the newest event. */
    static String stage(String stage) {
        return text(selector(stage));
    }

    static String link(String stage) {
        return first(selector(stage) + " a").getDomAttribute("href");
    }

    static String after(String stage) {
        return stage(stage).replaceAll("(?s).*after ([\\d.]+ m?s).*", "$1");
    }

    static String document() {
        return text(".event pre");
    }

    static String announced() {
        return (String) browser.run("return document.getElementById('announce').textContent");
    }

    static Object cardHeight() {
        return browser.run("return document.querySelector('.event').getBoundingClientRect().height");
    }

    static String text(String selector) {
        return first(selector).getText();
    }

    static WebElement first(String selector) {
        return browser.driver().findElement(By.cssSelector(selector));
    }

    static List<WebElement> find(String selector) {
        return browser.driver().findElements(By.cssSelector(selector));
    }
}
