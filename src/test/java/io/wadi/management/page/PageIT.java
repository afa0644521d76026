package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.management.page.PageStubs.Answer;
import io.wadi.testing.Browser;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.Keys;

/** The page for sending an event, in a browser. */
class PageIT extends SendPageTestSupport {
    @ParameterizedTest
    @Nightly(because = "needs a browser for each of five durations")
    @CsvSource({"9.4,9.4 s", "59.7,1 min 0 s", "179.6,3 min 0 s", "3599.9,1 h 0 min", "7260,2 h 1 min"})
    void duration_isRoundedBeforeItIsSplitIntoUnits(double seconds, String shown) {
        assertThat(browser.run(
                        "return import('/page/format.js').then(format => format.seconds(arguments[0]))", seconds))
                .isEqualTo(shown);
    }

    @Test
    void tablesThatCannotBeRead_areReported_andTheirLastValuesStay() {
        browser.driver().get(wadi.page("localhost"));
        loadTables(200, "[{\"name\":\"totals\"}]", "");
        browser.soon("#tables-count", shown -> shown.isEqualTo("1"));

        loadTables(503, "{\"error_code\":503,\"message\":\"too many requests\"}", "totals");

        browser.soon("#tables-status", shown -> shown.isEqualTo("too many requests"));
        assertThat(browser.text("#tables-count")).isEqualTo("1");
        assertThat(browser.run("return document.getElementById('tables-form').elements.table.value"))
                .isEqualTo("totals");
    }

    /** Loads the tables of the dashboard, with this response to the request for their names. */
    private static void loadTables(int status, String body, String chosen) {
        browser.run(
                "const [status, body, chosen] = arguments;"
                        + " const empty = '{\"rows\":[],\"partitions\":[],\"kind\":\"table\",\"file\":\"shop\"}';"
                        + " window.fetch = (path) =>"
                        + " Promise.resolve(path === 'tables' ? new Response(body, { status }) : new Response(empty));"
                        + " const table = document.getElementById('tables-form').elements.table;"
                        + " table.value = chosen;"
                        + " table.dispatchEvent(new Event('change'));",
                status,
                body,
                chosen);
    }

    @Test
    void request_isCrossOrigin_withTheBrowsersUserAgent() {
        browser.run("document.getElementById('user').value = '김 & co'");
        click("blue");

        awaitStage("kafka", "done", "offset 41");
        PageStubs.Received request = wadi.received.get(0);
        assertThat(request.address()).isEqualTo("/api/select?color=blue&user=%EA%B9%80+%26+co");
        assertThat(request.origin() + "/").isEqualTo(wadi.page("localhost"));
        assertThat(request.userAgent()).contains("Mozilla/5.0");
        assertThat(text("h3")).isEqualTo("blue by 김 & co");
    }

    @Test
    void markupFromServers_isShownAsText() {
        String evil = "<img src=x onerror='window.broken=1'><script>window.broken=1</script>";
        wadi.follow = found(
                "{\"state\":\"landed\",\"file\":\"/data/<b>x</b>\",\"url\":\"javascript:window.broken=1\"}",
                "{\"state\":\"indexed\",\"index\":\"<i>i</i>\",\"id\":\"" + evil
                        + "\",\"url\":\"data:text/html,x\",\"document\":{\"userName\":\"" + evil + "\"}}");
        click("red");

        awaitStage("hdfs", "done", "/data/<b>x</b>");
        awaitStage("elasticsearch", "done", "<i>i</i> / " + evil);
        assertThat(document()).contains(evil);
        wadi.event = new Answer(400, "{\"error\":\"" + evil + "\"}");
        click("red");
        awaitStage("kafka", "failed", evil);

        assertThat(find("#events img, #events script, #events b, #events i, #events a"))
                .isEmpty();
        assertThat(browser.run("return window.broken === undefined")).isEqualTo(true);
    }

    @Test
    void keyboard_reachesAllControlsInOrder() {
        wadi.follow = ARRIVED;
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Skip to the content");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Dashboard");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("Send an event");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("alice");
        browser.driver().switchTo().activeElement().sendKeys(Keys.chord(Keys.CONTROL, "a"), "bob");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("red");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("orange");
        browser.type(Keys.SPACE);

        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(text("h3")).isEqualTo("orange by bob");
        assertThat(browser.focused()).as("the focus stays where it was").isEqualTo("orange");
        browser.type(Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB, Keys.TAB);
        assertThat(browser.focused()).startsWith("/data/select-color/");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).startsWith("select-color-index");
        browser.type(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("The document in Elasticsearch");
        browser.type(Keys.ENTER);
        assertThat(find("details[open]")).isEmpty();
    }

    @Test
    @Nightly(because = "needs 24 events on one page")
    void list_keepsTheNewestTwentyEvents() {
        wadi.follow = ARRIVED;
        for (int i = 0; i < 12; i++) {
            click("red");
            click("blue");
        }

        await().until(() -> find(".outcome[data-state=done]").size() == 20);
        assertThat(find(".event")).hasSize(20);
        await().untilAsserted(() -> assertThat(text("h3")).isEqualTo("blue by alice"));
        assertThat(find("details[open]"))
                .as("only the newest shows its document")
                .hasSize(1);
    }

    @Test
    @Nightly(because = "needs a page that is opened with another host name")
    void otherHostName_isUsedForTheEventPortAndLinks() {
        wadi.follow = ARRIVED;
        open("127.0.0.1");
        click("red");

        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(wadi.received.get(0).host()).isEqualTo("127.0.0.1:" + wadi.eventsPort());
        assertThat(URI.create(link("hdfs")).getHost()).isEqualTo("127.0.0.1");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = {"ManagementPortIT#health_isReady_andListsItsChecks"})
    void servers_areListedWithThePipelinesHealth() {
        await().untilAsserted(() -> assertThat(text(".servers").replace('\n', ' '))
                .isEqualTo("Pipeline ready Events http://localhost:" + wadi.eventsPort()
                        + " Kafka localhost:9092 HDFS hdfs://localhost:8020 Elasticsearch http://localhost:9200"));
        assertThat(find(".servers a"))
                .extracting(a -> a.getDomAttribute("href"))
                .containsExactly("http://localhost:9870/", "http://localhost:9200/");

        wadi.health = new Answer(503, """
                {"status":"DOWN","checks":[{"name":"kafka","status":"DOWN"},{"name":"context","status":"UP"}]}""");
        await().until(() -> text(".health .value").equals("not ready: kafka"));
        wadi.health = new Answer(500, "");
        await().until(() -> text(".health .value").equals("not ready: status 500"));
    }

    @ParameterizedTest
    @Nightly(perChange = {"DeadLettersAndAlertsPageIT#deadLetters_areShownByCause_andReplayedToTheirTopics"})
    @MethodSource("io.wadi.testing.Browser#appearances")
    void arrivingEvent_doesNotShiftTheLayout(Browser.Appearance appearance) throws IOException {
        Path folder = Path.of("target", "screenshots");
        String name = appearance + ".png";
        browser.view(appearance);
        Object height = cardHeight();
        browser.screenshot(folder.resolve("empty-" + name));
        click("red");
        awaitStage("hdfs", "waiting", "waiting for the file");
        assertThat(cardHeight()).isEqualTo(height);
        browser.screenshot(folder.resolve("waiting-" + name));
        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(cardHeight()).isEqualTo(height);

        wadi.event = KAFKA_DOWN;
        click("yellow");
        awaitStage("kafka", "failed", "not accepted");
        wadi.reset();
        wadi.follow = found(HDFS_DOWN, INDEXED);
        click("blue");
        awaitStage("hdfs", "trouble", "HDFS does not respond");
        awaitStage("elasticsearch", "done", "select-color-index");
        browser.screenshot(folder.resolve("events-" + name));
        browser.requireAccessible("html");

        assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
        assertThat(Files.size(folder.resolve("events-" + name))).isPositive();
    }
}
