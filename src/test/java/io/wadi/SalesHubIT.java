package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Browser;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.Fixtures;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sales hub of {@code examples/} on real servers, with topics of its own. */
class SalesHubIT {
    private static final Path EXAMPLES = Path.of("examples");
    private static final String TOPIC = "hub.transactions";
    private static final String INDEX = "sales-index-of-hub";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path configuration;

    private static Map<String, String> settings;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        write("topics.yaml", Files.readString(Path.of("topics.yaml")) + topicsOfSales());
        copy(EXAMPLES, "streams/sales.yaml");
        copy(EXAMPLES, "routes/transactions.camel.yaml");
        copyAll(Path.of(""), "elasticsearch");
        copyAll(EXAMPLES, "elasticsearch");
        for (String route : List.of("kafka-rest", "indexing", "errors")) {
            copy(Path.of(""), "routes/" + route + ".camel.yaml");
        }
        settings = new HashMap<>(Map.of(
                "wadi.topics-file",
                configuration.resolve("topics.yaml").toString(),
                "sales.topic",
                TOPIC,
                "sales.index",
                INDEX,
                "wadi.indexing.setup",
                configuration.resolve("elasticsearch").toString(),
                "wadi.landing.directory",
                "/hub",
                "wadi.indexing.topic",
                "hub.sales.items",
                "wadi.indexing.index",
                "hub-items",
                "wadi.indexing.group",
                "hub-indexing",
                "wadi.streams.files",
                "*",
                "wadi.streams.state-directory",
                configuration.resolve("state").toString()));
        wadi = RunningWadi.startConfigured(configuration, settings);
    }

    private static String topicsOfSales() throws IOException {
        return Files.readAllLines(EXAMPLES.resolve("topics.yaml")).stream()
                .filter(line -> line.contains("{name: transactions.") || line.contains("{name: sales."))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static void copyAll(Path directory, String name) throws IOException {
        try (Stream<Path> all = Files.walk(directory.resolve(name))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                copy(directory, directory.relativize(file).toString());
            }
        }
    }

    private static void copy(Path directory, String file) throws IOException {
        write(file, Files.readString(directory.resolve(file)));
    }

    /** Writes a shipped file or an example, with the topics of this test. */
    private static void write(String file, String text) throws IOException {
        String own = text.replaceAll("(?<=[ {]name: |topic: |from: |to: )(transactions|sales)(?=[.,\\n])", "hub.$1")
                .replace("groupId: sales-", "groupId: hub-sales-")
                .replace("description: Add up", "application: hub-sales\ndescription: Add up");
        Path copy = configuration.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.writeString(copy, own);
    }

    @Test
    void purchases_reachEachDepartment() throws Exception {
        List<JsonNode> bought = new ArrayList<>();
        for (String line : Fixtures.lines("transactions.ndjson")) {
            bought.add(JSON.readTree(line));
        }

        JsonNode offsets = buy(bought);

        assertThat(offsets.findValues("partition").subList(0, 2))
                .as("a customer's purchases stay together, whatever their date")
                .containsExactly(
                        offsets.path(0).path("partition"), offsets.path(0).path("partition"));
        await().untilAsserted(() -> assertThat(ledger())
                .containsAll(bought.stream().map(SalesHubIT::entry).toList()));
        await().untilAsserted(() -> assertThat(documentsOf("12347777")).isEqualTo(2));
        await().untilAsserted(() -> assertThat(documentsOf("1234568")).isEqualTo(1));
        await().untilAsserted(
                        () -> assertThat(table("items-day/book")).contains("\"value\":{\"count\":2,\"total\":20000}"));
        await().untilAsserted(() ->
                assertThat(table("customers-10m/12347777")).contains("\"value\":{\"count\":2,\"total\":12500}"));
        await().untilAsserted(
                        () -> assertThat(latest())
                                .containsEntry(
                                        "12347777",
                                        "{\"customerId\":\"12347777\",\"transactionDate\":\"2026-11-20\",\"item\":\"coffee\",\"price\":2500}"));
        await().untilAsserted(() ->
                assertThat(GroupProbe.committed("hub-sales-accounting")).isNotEmpty());
        await().untilAsserted(() -> assertThat(audit()).startsWith(TOPIC + " has no errors: "));
    }

    @Test
    @Nightly(perChange = {"ConnectApiIT", "SalesHubIT#purchases_reachEachDepartment"})
    void pausedDepartment_doesNotDelayOthers() throws Exception {
        String connector = wadi.managementUrl() + "/connectors/transactions/";
        assertThat(Http.send("PUT", connector + "pause").statusCode()).isEqualTo(202);
        await().untilAsserted(() -> assertThat(
                        Http.json(Http.get(connector + "status")).path("tasks").findValuesAsText("state"))
                .as("the thread has seen it")
                .containsExactly("PAUSED"));
        JsonNode late = purchase("late", "pen", 1);

        buy(List.of(late));

        await().untilAsserted(() -> assertThat(documentsOf("late")).isEqualTo(1));
        await().untilAsserted(() -> assertThat(table("items-day/pen")).contains("\"count\":1"));
        assertThat(ledger()).doesNotContain(entry(late));
        assertThat(Http.send("PUT", connector + "resume").statusCode()).isEqualTo(202);
        await().untilAsserted(() -> assertThat(ledger()).containsOnlyOnce(entry(late)));
    }

    @Test
    void purchaseWithoutACustomer_isRejected() throws Exception {
        JsonNode offsets =
                buy(List.of(JSON.readTree("{\"key\":{\"name\":\"x\"},\"value\":{\"item\":\"pen\",\"price\":1}}")));

        assertThat(offsets.path(0).path("error").asText()).contains("customerId");
    }

    @Test
    @Nightly(perChange = {"SalesHubIT#purchases_reachEachDepartment", "TableRowsTest"})
    void page_showsSalesByItem() throws Exception {
        Browser browser = Browser.shared();
        buy(List.of(purchase("1", "lamp", 7000), purchase("2", "lamp", 7000), purchase("1", "<b>cup</b>", 20)));
        await().untilAsserted(() -> assertThat(table("items-day/lamp")).contains("\"count\":2"));
        browser.show(wadi.managementUrl() + "/");

        browser.soon("#tables-count", shown -> shown.isEqualTo("4"));
        browser.run("const table = document.getElementById('tables-form').elements.table;"
                + "table.value = 'sales.items-day'; table.dispatchEvent(new Event('change'))");
        browser.soon("#tables-rows", shown -> shown.containsPattern("lamp\\s.*\\s2\\s14,000"));
        browser.soon("#tables-rows", shown -> shown.contains("<b>cup</b>"));
        assertThat(browser.text("#tables-head")).containsPattern("Key\\sFrom\\sTo\\scount\\stotal");
        assertThat(browser.text("#tables-status"))
                .startsWith("totals by tumbling windows of 1d of streams/sales.yaml: ");
        browser.checkAppearance("#tables", "tables");

        browser.run("const form = document.getElementById('tables-form'); form.elements.table.value ="
                + " 'sales.customers-10m'; form.elements.key.value = '1'; form.requestSubmit()");
        browser.soon("#tables-status", shown -> shown.matches("\\d+ values? under 1\\."));
        assertThat(browser.text("#tables-rows")).containsPattern("1\\s.*\\s2\\s7,020");
        browser.run("const form = document.getElementById('tables-form'); form.elements.key.value = 'nobody';"
                + " form.requestSubmit()");
        browser.soon("#tables-status", shown -> shown.contains("has no window of this time for key nobody"));
    }

    private static JsonNode purchase(String customer, String item, int price) throws IOException {
        return JSON.readTree("""
                {"key":{"customerId":"%s","transactionDate":"2026-11-21"},"value":{"item":"%s","price":%d}}""".formatted(customer, item, price));
    }

    private static JsonNode buy(List<JsonNode> purchases) throws Exception {
        String body =
                purchases.stream().map(JsonNode::toString).collect(Collectors.joining(",", "{\"records\":[", "]}"));
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/" + TOPIC,
                body.getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");
        return Http.json(answer).path("offsets");
    }

    /** Returns the ledger entry of a purchase. */
    private static String entry(JsonNode purchase) {
        return purchase.path("key") + " " + purchase.path("value");
    }

    private static List<String> ledger() throws IOException {
        List<String> entries = new ArrayList<>();
        HdfsProbe.forEach(
                "/hub",
                TOPIC,
                file -> file.lines().forEach(line -> {
                    try {
                        JsonNode envelope = JSON.readTree(line);
                        entries.add(JSON.readTree(envelope.path("key").asText()) + " " + envelope.path("value"));
                    } catch (IOException e) {
                        throw new AssertionError(line, e);
                    }
                }));
        return entries;
    }

    private static int documentsOf(String customer) throws Exception {
        JsonNode found = new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl())
                .request(
                        "POST",
                        "/" + INDEX + "/_search",
                        "{\"query\":{\"term\":{\"key.customerId\":\"" + customer + "\"}}}");
        return found.path("hits").path("total").path("value").asInt();
    }

    private static String table(String path) throws Exception {
        return Http.get(wadi.managementUrl() + "/tables/sales." + path).body();
    }

    private static Map<String, String> latest() throws Exception {
        Map<String, String> latest = new HashMap<>();
        KafkaProbe.readAll(TOPIC + ".latest")
                .forEach(each -> latest.put(new String(each.key(), UTF_8), new String(each.value(), UTF_8)));
        return latest;
    }

    private String audit() throws Exception {
        return TestedCommand.onServers("audit", configuration, settings)
                .inThisJvm(TOPIC, "--group", "hub-sales-accounting")
                .out();
    }
}
