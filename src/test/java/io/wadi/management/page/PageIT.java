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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page for sending an event, in a browser. */
class PageIT {
    private static final String FILE =
            "/data/select-color/partition=2/select-color+2+00000000000000000040+00000000000000000045.jsonl";
    private static final String LANDED = """
            {"state":"landed","file":"%s","at":"2026-04-14T12:35:00Z","url":"http://localhost:9870/webhdfs/v1%s?op=OPEN"}""".formatted(FILE, FILE);
    private static final String INDEXED = """
            {"state":"indexed","index":"select-color-index","id":"select-color+2+41",
            "url":"http://localhost:9200/select-color-index/_doc/select-color%2B2%2B41",
            "document":{"timestamp":"2026-04-14T21:34:56.789+0900",
            "userAgent":"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "colorName":"red","userName":"alice"}}""";
    private static final String PENDING = "{\"state\":\"pending\"}";
    private static final String HDFS_DOWN = """
            {"state":"landed","file":null,"at":null,"problem":"HDFS does not respond: Connection refused"}""";
    private static final Answer ARRIVED = found(LANDED, INDEXED);
    private static final Answer KAFKA_DOWN = new Answer(503, """
            {"error":"Kafka does not respond"}""", Map.of("Retry-After", "5"));

    private static Browser browser;

    @AutoClose
    private static PageStubs wadi;

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
    @Nightly(perChange = {"PageOnPipelineIT#click_isShownInKafkaHdfsAndElasticsearch"})
    void click_isTracedToHdfsAndElasticsearch() {
        click("red");

        awaitStage("kafka", "done", "select-color partition 2 @ offset 41\nacknowledged in ");
        assertThat(stage("sent")).contains("GET /api/select?color=red&user=alice", "to localhost:" + wadi.eventsPort());
        awaitStage("hdfs", "waiting", "waiting for the file");
        awaitStage("elasticsearch", "waiting", "waiting for the document");

        wadi.follow = found(PENDING, INDEXED);
        awaitStage("elasticsearch", "done", "select-color-index / select-color+2+41\nafter ");
        awaitStage("hdfs", "waiting", "visible once published: wadi.landing.roll-interval (now 5 s)");
        assertThat(link("elasticsearch"))
                .isEqualTo("http://localhost:9200/select-color-index/_doc/select-color%2B2%2B41");
        assertThat(document()).contains("\"userName\": \"alice\"", "\"timestamp\": \"2026-04-14T21:34:56.789+0900\"");

        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "/data/select-color/partition=2/select-color+2+0000…40+0000…45.jsonl\nafter ");
        assertThat(stage("hdfs")).contains("offsets 40 to 45");
        assertThat(link("hdfs")).isEqualTo("http://localhost:9870/webhdfs/v1" + FILE + "?op=OPEN");
        assertThat(text(".outcome")).startsWith("arrived in both after ");
        assertThat(announced()).isEqualTo("red by alice: in HDFS after " + after("hdfs"));
        assertThat(browser.console()).isEmpty();
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
    @Nightly(perChange = {"PageIT#rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther"})
    void polling_endsWhenTheEventHasArrived() {
        wadi.follow = ARRIVED;
        click("green");

        awaitStage("hdfs", "done", "after");
        int asked = wadi.followed.size();
        assertThat(wadi.followed.get(0)).isEqualTo("topic=select-color&partition=2&offset=41");
        await().during(Duration.ofSeconds(1)).until(() -> wadi.followed.size() == asked);
    }

    @Test
    void kafkaDown_isShownAsNotAccepted_withTheRetryTime() {
        wadi.event = KAFKA_DOWN;
        click("yellow");

        awaitStage("kafka", "failed", "not accepted: Kafka does not respond\ntry again in 5 s · status 503");
        assertThat(stage("hdfs")).endsWith("not reached");
        assertThat(stage("elasticsearch")).endsWith("not reached");
        assertThat(text(".outcome")).isEqualTo("not accepted");
        assertThat(announced()).isEqualTo("yellow by alice: not accepted: Kafka does not respond");
        assertThat(wadi.followed).isEmpty();
    }

    @Test
    @Nightly(perChange = {"PageIT#kafkaDown_isShownAsNotAccepted_withTheRetryTime"})
    void missingUser_isRejectedWithTheServersMessage() {
        wadi.event = new Answer(400, """
                {"error":"the parameter user is missing"}""");
        browser.run("document.getElementById('user').value = ''");
        click("purple");

        awaitStage("kafka", "failed", "not accepted: the parameter user is missing\nstatus 400");
        assertThat(wadi.received.get(0).address()).isEqualTo("/api/select?color=purple&user=");
    }

    @Test
    void unreadableResponse_isNotShownAsARejection() {
        wadi.allowOrigin = false;
        click("red");

        awaitStage("sent", "failed", "Whether the event was accepted is unknown.");
        assertThat(stage("kafka")).endsWith("no receipt");
        assertThat(text(".outcome")).isEqualTo("no response");
    }

    @Test
    void serverDown_isReportedAtItsStage_andTheOtherStageContinues() {
        wadi.follow = found(HDFS_DOWN, INDEXED);
        click("red");

        awaitStage("hdfs", "trouble", "HDFS does not respond: Connection refused\nstill polling · ");
        awaitStage("elasticsearch", "done", "select-color-index");

        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
    }

    @Test
    void rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther() {
        wadi.follow = found(
                LANDED,
                "{\"state\":\"rejected\",\"reason\":\"RejectedDocumentException: no date\"}",
                "{\"topic\":\"wadi.dead-letter\",\"partition\":0,\"offset\":3,\"reason\":\"RejectedDocumentException: no date\"}");
        click("red");

        awaitStage(
                "elasticsearch",
                "failed",
                "rejected: RejectedDocumentException: no date\ndead letter: wadi.dead-letter partition 0 @ offset 3");
        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(text(".outcome")).isEqualTo("rejected");
        assertThat(document()).isEqualTo("No document: rejected.");
        int asked = wadi.followed.size();
        await().during(Duration.ofSeconds(1)).until(() -> wadi.followed.size() == asked);
    }

    @Test
    @Nightly(perChange = {"PageIT#rejectedEvent_isShownWithReasonAndDeadLetter_andNotPolledFurther"})
    void unconfiguredTarget_isNotAwaited_andExpiredEventsAreReported() {
        wadi.follow = found("{\"state\":\"not-configured\"}", INDEXED);
        click("red");

        awaitStage("hdfs", "idle", "HDFS is not configured for this topic\nwadi.landing.topics");
        await().untilAsserted(() -> assertThat(text(".outcome")).startsWith("arrived after "));
        wadi.follow = found("{\"state\":\"expired\"}", INDEXED);
        click("blue");
        awaitStage("hdfs", "failed", "expired: Kafka deleted the record first");
        assertThat(text(".outcome")).isEqualTo("expired");
    }

    @Test
    @Nightly(perChange = {"PageIT#serverDown_isReportedAtItsStage_andTheOtherStageContinues"})
    void failedPolling_isReported_andContinues() {
        wadi.follow = new Answer(500, """
                {"error":"out of threads"}""");
        click("red");

        awaitStage("hdfs", "trouble", "Request to Wadi failed: out of threads");
        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
    }

    @Test
    @Nightly(because = "needs a page whose clock is a minute ahead")
    void eventNotFoundAfterAMinute_isReported_andPolledSlowly() {
        click("red");
        awaitStage("hdfs", "waiting", "waiting for the file");
        browser.run("""
                const now = performance.now.bind(performance), real = setTimeout;
                window.pauses = [];
                performance.now = () => now() + 61000;
                window.setTimeout = (task, ms) => {
                  pauses.push(ms);
                  return real(task, ms);
                }""");

        awaitStage(
                "hdfs",
                "trouble",
                "not found in HDFS after 60 s; a file becomes visible when it is published: wadi.landing.roll-interval (now 5 s)");
        assertThat(text(".outcome")).isEqualTo("on its way for over 60 s");
        await().until(() -> (Boolean) browser.run("return pauses.length > 0"));
        wadi.follow = ARRIVED;
        awaitStage("hdfs", "done", "offsets 40 to 45");
        assertThat(browser.run("return pauses.every(ms => ms === 5000)"))
                .as("only pauses of 5 s from then on")
                .isEqualTo(true);
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

    private static Answer found(String landed, String indexed) {
        return found(landed, indexed, "null");
    }

    private static Answer found(String landed, String indexed, String deadLetter) {
        return new Answer(200, """
                {"kafka":{"timestamp":"2026-04-14T12:34:56.789Z"},"landed":%s,"indexed":%s,"deadLetter":%s}""".formatted(landed, indexed, deadLetter));
    }

    private static void open(String host) {
        browser.driver().get(wadi.page(host) + "send");
        await().until(() -> !text("[data-server=kafka] .value").equals("–"));
    }

    private static void click(String color) {
        browser.driver()
                .findElement(By.cssSelector("button[data-color=" + color + "]"))
                .click();
    }

    /** Waits until a stage of the newest event has this state and contains this text. */
    private static void awaitStage(String stage, String state, String words) {
        await().untilAsserted(() -> {
            assertThat(stage(stage)).contains(words);
            assertThat(first(selector(stage)).getDomAttribute("data-state")).isEqualTo(state);
        });
    }

    private static String selector(String stage) {
        return ".event [data-stage=" + stage + "]";
    }

    /** The text of a stage of the newest event. */
    private static String stage(String stage) {
        return text(selector(stage));
    }

    private static String link(String stage) {
        return first(selector(stage) + " a").getDomAttribute("href");
    }

    private static String after(String stage) {
        return stage(stage).replaceAll("(?s).*after ([\\d.]+ m?s).*", "$1");
    }

    private static String document() {
        return text(".event pre");
    }

    private static String announced() {
        return (String) browser.run("return document.getElementById('announce').textContent");
    }

    private static Object cardHeight() {
        return browser.run("return document.querySelector('.event').getBoundingClientRect().height");
    }

    private static String text(String selector) {
        return first(selector).getText();
    }

    private static WebElement first(String selector) {
        return browser.driver().findElement(By.cssSelector(selector));
    }

    private static List<WebElement> find(String selector) {
        return browser.driver().findElements(By.cssSelector(selector));
    }
}
