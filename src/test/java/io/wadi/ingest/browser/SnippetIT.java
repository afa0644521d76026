package io.wadi.ingest.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.browser.EventEndpoint.Answer;
import io.wadi.ingest.browser.EventEndpoint.Received;
import io.wadi.testing.Browser;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.WindowType;

/** {@code wadi.js} in a browser, on a page of another origin. */
class SnippetIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SOON = "data-topic=clicks data-every=20";
    private static final String RECORD_DELAYS = """
            const timeout = setTimeout;
            delays = [];
            setTimeout = (action, ms) => {
              if (ms !== 60_000) {
                delays.push(ms); // without the timeouts of requests
              }
              return timeout(action, ms);
            };""";
    private static final String LATER = "data-topic=clicks data-every=3600000";
    private static final String REFUSED = "Wadi rejected events with status 400";

    private static Browser browser;

    @AutoClose
    private static EventEndpoint port;

    @BeforeAll
    static void start() throws IOException {
        browser = Browser.shared();
        port = new EventEndpoint();
    }

    @Test
    void events_areBatchedAsLinesOfPlainText() {
        open(SOON);

        browser.run("wadi.send({page: '/김', n: 1}); wadi.send({n: 2, id: 'mine'}); wadi.send({n: 3, id: undefined})");

        Received request = awaitRequests(1).get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.address()).isEqualTo("/events/clicks");
        assertThat(request.type()).isEqualTo("text/plain;charset=UTF-8");
        assertThat(request.mode()).isEqualTo("cors");
        assertThat(request.lines()).hasSize(3);
        JsonNode first = json(request.lines().get(0));
        assertThat(first.path("page").asText()).isEqualTo("/김");
        assertThat(first.path("id").asText()).matches("[0-9a-f]{32}");
        assertThat(request.lines().get(1)).isEqualTo("{\"id\":\"mine\",\"n\":2}");
        assertThat(json(request.lines().get(2)).path("id").asText()).matches("[0-9a-f]{32}");
        assertThat(browser.console()).isEmpty();
    }

    @Test
    @Nightly(perChange = "SnippetIT#events_areBatchedAsLinesOfPlainText")
    void fullBatch_isSentAtOnce() {
        open(LATER);

        browser.run("for (let n = 0; n < 120; n++) { wadi.send({n}); }");

        List<Received> requests = awaitRequests(2);
        assertThat(requests).extracting(request -> request.lines().size()).containsExactly(50, 50);
        assertThat(json(requests.get(1).lines().get(49)).path("n").asInt()).isEqualTo(99);
    }

    @Test
    @Nightly(perChange = "SnippetIT#events_areBatchedAsLinesOfPlainText")
    void manyBytes_areSplitIntoBatches() {
        open(LATER);

        browser.run("for (let n = 0; n < 5; n++) { wadi.send({n, text: '김'.repeat(4000)}); }");
        leave();

        List<Received> requests = awaitRequests(3);
        assertThat(requests).extracting(request -> request.lines().size()).containsExactlyInAnyOrder(2, 2, 1);
        assertThat(numbers(requests)).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    @Nightly(perChange = "SnippetOnPipelineIT#pageEvents_areStoredInKafka_includingThoseSentOnLeaving")
    void leavingThePage_sendsRemainingEventsByBeacon() {
        open(LATER);

        browser.run("wadi.send({n: 0}); wadi.send({n: 1}); wadi.to('orders').send({n: 2})");
        leave();

        List<Received> requests = awaitRequests(2);
        assertThat(requests).extracting(Received::mode).containsOnly("no-cors");
        assertThat(requests).extracting(Received::type).containsOnly("text/plain;charset=UTF-8");
        assertThat(requests)
                .extracting(Received::address)
                .containsExactlyInAnyOrder("/events/clicks", "/events/orders");
        assertThat(numbers(requests)).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    @Nightly(perChange = "SnippetOnPipelineIT#pageEvents_areStoredInKafka_includingThoseSentOnLeaving")
    void hiddenPage_sendsItsEvents_andContinuesAfterwards() {
        open(LATER);
        String page = browser.driver().getWindowHandle();

        browser.run("wadi.send({n: 0})");
        browser.driver().switchTo().newWindow(WindowType.TAB);
        List<Received> requests = awaitRequests(1);
        browser.driver().close();
        browser.driver().switchTo().window(page);
        browser.run("wadi.send({n: 1})");
        leave();

        assertThat(requests.get(0).mode()).isEqualTo("no-cors");
        assertThat(numbers(awaitRequests(2))).containsExactly(0, 1);
    }

    @Test
    void status503_isRetriedAfterRetryAfter() {
        open(SOON);
        port.answers.add(new Answer(503, "{\"error\":\"full\"}", Map.of("Retry-After", "1")));
        port.answers.add(new Answer(429, "{\"error\":\"slow down\"}", Map.of("Retry-After", "1")));

        browser.run(RECORD_DELAYS);
        browser.run("wadi.send({n: 0})");

        List<Received> requests = awaitRequests(3);
        assertThat(browser.run("return delays")).isEqualTo(List.of(20L, 1000L, 1000L));
        assertThat(requests)
                .extracting(Received::lines)
                .containsOnly(requests.get(0).lines());
    }

    @Test
    @Nightly(perChange = "SnippetIT#status503_isRetriedAfterRetryAfter")
    void unreadableResponse_isRetried() {
        open(SOON);
        port.answers.add(new Answer(200, "", Map.of("Access-Control-Allow-Origin", "http://elsewhere.example")));

        browser.run("wadi.send({n: 0})");

        assertThat(awaitRequests(2))
                .extracting(Received::lines)
                .containsOnly(port.received.get(0).lines());
    }

    @Test
    void requestWithoutAResponse_isRetriedAfterATimeout() {
        open(SOON);
        port.answers.add(Answer.NONE);

        browser.run("""
                const timeout = setTimeout;
                setTimeout = (action, ms) => timeout(action, ms === 60_000 ? 10 : ms);""");
        browser.run("wadi.send({n: 0})");

        List<Received> requests = awaitRequests(2);
        assertThat(requests)
                .extracting(Received::lines)
                .containsOnly(requests.get(0).lines());
    }

    @Test
    void partlyStoredBatch_isRetriedWithoutTheStoredEvents() {
        open(SOON);
        port.answers.add(new Answer(503, """
                {"receipts":[{"topic":"clicks","partition":0,"offset":7},{"error":"not acknowledged"}]}""", Map.of()));

        browser.run("wadi.send({n: 0}); wadi.send({n: 1})");

        assertThat(numbers(awaitRequests(2).subList(1, 2))).containsExactly(1);
    }

    @Test
    void rejectedEvents_areLoggedOnTheConsole_andNotRetried() {
        open(SOON);
        port.answers.add(new Answer(400, "{\"error\":\"/n: wrong\"}", Map.of()));

        browser.run("wadi.send({n: 0})");
        await().until(() -> browser.console().stream().anyMatch(line -> line.contains(REFUSED)));
        browser.run("wadi.send({n: 1})");

        assertThat(numbers(awaitRequests(2))).containsExactly(0, 1);
    }

    @Test
    @Nightly(perChange = "SnippetOnPipelineIT#pageEvents_areStoredInKafka_includingThoseSentOnLeaving")
    void key_isSentInTheQuery() {
        open(SOON + " data-key='wadi_shop_a+b'");

        browser.run("wadi.send({n: 0})");

        assertThat(awaitRequests(1).get(0).address()).isEqualTo("/events/clicks?key=wadi_shop_a%2Bb");
    }

    @Test
    @Nightly(
            perChange = {
                "SnippetIT#status503_isRetriedAfterRetryAfter",
                "SnippetIT#partlyStoredBatch_isRetriedWithoutTheStoredEvents"
            })
    void longOutage_keepsTheNewestThousandEvents() {
        open(LATER);
        port.answers.add(new Answer(503, "{}", Map.of("Retry-After", "3600")));

        browser.run("for (let n = 0; n < 50; n++) { wadi.send({n}); }");
        awaitRequests(1);
        browser.run("for (let n = 50; n < 1100; n++) { wadi.send({n}); }");
        leave();

        List<Integer> newest = IntStream.range(100, 1100).boxed().toList();
        await().untilAsserted(() -> assertThat(numbers(port.received.subList(1, port.received.size())))
                .containsExactlyInAnyOrderElementsOf(newest));
    }

    private static void open(String attributes) {
        browser.driver().get(port.site());
        browser.driver().get(port.page(attributes));
        browser.console();
    }

    private static void leave() {
        browser.driver().get(port.site() + "elsewhere");
    }

    private static List<Received> awaitRequests(int count) {
        await().until(() -> port.received.size() >= count);
        assertThat(port.received).hasSize(count);
        return port.received;
    }

    private static List<Integer> numbers(List<Received> requests) {
        return requests.stream()
                .flatMap(request -> request.lines().stream())
                .map(line -> json(line).path("n").asInt())
                .toList();
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
