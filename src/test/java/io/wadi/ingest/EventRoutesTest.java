package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.ingest.deduplication.DirectQueues;
import io.wadi.ingest.deduplication.InboxSender;
import io.wadi.ingest.send.EventCounts;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.Producers;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.local.Ports;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import io.wadi.testing.Http;
import io.wadi.testing.RouteTestSupport;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.Processor;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped routes of the event endpoint without servers: a producer in memory replaces Kafka behind the step
 * {@code send-events}, and requests arrive on a port of this JVM.
 */
class EventRoutesTest extends RouteTestSupport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Topics TOPICS = Topics.read("topics.yaml");
    private static final String TOPIC = "select-color";
    private static final String[] JSON_TYPE = {"Content-Type", "application/json"};
    private static final int PORT = Ports.free();

    private MockProducer<Object, Object> producer = Producers.inMemory(TOPIC, 3);

    @Override
    protected Map<String, String> settings() {
        return Map.of("wadi.http.port", Integer.toString(PORT), "wadi.kafka.brokers", "localhost:" + Ports.free());
    }

    /** Starts the routes of these files. */
    private void start(String... files) throws Exception {
        context().getRegistry().bind("send-events", Processor.class, sendEvents());
        load("errors");
        for (String file : files) {
            load(file);
        }
        context().start();
    }

    private SendEvents sendEvents() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        TopicProvisioner provisioner =
                new TopicProvisioner("none", TOPICS, Set.of(), Properties::new, Producers::inMemory);
        provisioner.ready(TOPIC).complete(null);
        return new SendEvents(
                context().getRegistry().findSingleByType(IngestTopics.class),
                provisioner,
                new DeadLetterSender("dead", Producers::inMemory),
                () -> producer,
                new InboxSender(
                        TOPICS,
                        Properties::new,
                        Properties::new,
                        () -> new DirectQueues(1, 1000, System::currentTimeMillis),
                        LONG,
                        meters,
                        System::nanoTime),
                LONG.toMillis(),
                new SendEvents.Limits(1 << 20, 1000, LONG),
                new EventCounts(meters, PipelineMetrics.withLimit(1, Clock.systemUTC(), Traces.off())));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return Http.get("http://localhost:" + PORT + path, "User-Agent", "test");
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return Http.post("http://localhost:" + PORT + path, body.getBytes(UTF_8), headers);
    }

    /** Returns the values sent to the topic. */
    private List<String> sent() {
        assertThat(producer.history()).extracting(ProducerRecord::topic).containsOnly(TOPIC);
        return producer.history().stream()
                .map(each -> new String((byte[]) each.value(), UTF_8))
                .toList();
    }

    @Test
    void selectEvent_isSentToItsTopic_andAnInvalidOneIsNot() throws Exception {
        start("web-events");

        HttpResponse<String> receipt = get("/api/select?color=red&user=kim");

        assertThat(receipt.statusCode()).isEqualTo(200);
        assertThat(receipt.body()).isEqualTo("{\"topic\":\"select-color\",\"partition\":0,\"offset\":0}");
        JsonNode event = JSON.readTree(sent().get(0));
        assertThat(event.path("colorName").asText()).isEqualTo("red");
        assertThat(event.path("userAgent").asText()).isEqualTo("test");
        assertThat(get("/api/select?color=red").statusCode()).isEqualTo(400);
        assertThat(post("/api/select?color=red&user=kim", "").statusCode()).isEqualTo(405);
        assertThat(sent()).hasSize(1);
    }

    @Test
    void events_areSentToTheTopicOfThePath_ifItIsOpen() throws Exception {
        start("web-events");

        HttpResponse<String> receipts =
                post("/events/" + TOPIC, "{\"n\":1}\n{\"n\":\n{\"n\":3}\n", "Content-Type", "application/x-ndjson");

        assertThat(receipts.statusCode()).isEqualTo(400);
        assertThat(Http.json(receipts).path("receipts"))
                .extracting(receipt -> receipt.has("offset"))
                .containsExactly(true, false, true);
        assertThat(sent()).containsExactly("{\"n\":1}", "{\"n\":3}");
        assertThat(post("/events/card.decisions", "{}", JSON_TYPE).statusCode()).isEqualTo(404);
        assertThat(sent()).hasSize(2);
    }

    /** A client that sends an empty key would repeat its events without an id. */
    @Test
    void emptyIdempotencyKey_isRejected() throws Exception {
        start("web-events");

        HttpResponse<String> rejected =
                post("/events/" + TOPIC, "{}", "Content-Type", "application/json", "Idempotency-Key", "");

        assertThat(rejected.statusCode()).isEqualTo(400);
        assertThat(rejected.body()).contains("Idempotency-Key is not 1 to 500 printable ASCII characters");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void pixel_isSentToTheTopicOfItsQuery_ifItIsOpenForPixels() throws Exception {
        start("pixel");

        HttpResponse<String> image = get("/pixel.gif?campaign=spring");

        assertThat(image.statusCode()).isEqualTo(200);
        assertThat(image.headers().firstValue("Content-Type")).hasValue("image/gif");
        assertThat(JSON.readTree(sent().get(0)).path("campaign").asText()).isEqualTo("spring");
        assertThat(get("/pixel.gif?topic=metric.all&campaign=spring").statusCode())
                .isEqualTo(404);
        assertThat(sent()).hasSize(1);
    }

    /** Vert.x replaces such bytes by U+FFFD, which is valid if it is sent as such. */
    @ParameterizedTest
    @ValueSource(strings = {"%FF", "a%E4b", "%C3", "%C3%EF%BF%BD", "%ED%A0%80", "%C0%80", "%EF%BF%BD%FF"})
    void queryThatIsNotUtf8_isRejected(String bytes) throws Exception {
        start(new String[] {"web-events", "pixel"});

        HttpResponse<String> select = get("/api/select?color=%EF%BF%BD&user=" + bytes);
        assertThat(select.statusCode()).isEqualTo(400);
        assertThat(select.body()).isEqualTo("{\"error\":\"query parameter user is not UTF-8\"}");
        for (String query : List.of("a=1&b=" + bytes, "a=1&a=" + bytes, bytes + "=1")) {
            HttpResponse<String> image = get("/pixel.gif?" + query);
            assertThat(image.statusCode()).as(query).isEqualTo(400);
            assertThat(image.headers().firstValue("Content-Type")).hasValue("image/gif");
        }
        assertThat(producer.history()).isEmpty();
    }

    /** curl, for example, sends such bytes; each would be stored as a character of its own. */
    @Test
    void queryWithBytesThatAreNotPercentEncoded_isRejected() throws Exception {
        start(new String[] {"web-events", "pixel"});

        String head = "GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nConnection: close\r\n\r\n";
        assertThat(Http.exchange(PORT, head.formatted("/api/select?color=red&user=J\u00c3\u00b6rg")))
                .startsWith("HTTP/1.1 400 ")
                .endsWith("{\"error\":\"the query is malformed: found a character beyond ASCII, expected it"
                        + " percent-encoded in UTF-8\"}");
        assertThat(Http.exchange(PORT, head.formatted("/pixel.gif?a=J\u00c3\u00b6rg")))
                .startsWith("HTTP/1.1 400 ");
        assertThat(producer.history()).isEmpty();
    }

    @Test
    void queryInUtf8_isStoredAsSent() throws Exception {
        start(new String[] {"web-events", "pixel"});
        String encoded = "%C3%A4+%F0%9F%9F%A3%EF%BF%BD%2B";

        assertThat(get("/api/select?color=%EF%BF%BD&user=" + encoded + "&ignored=%FF")
                        .statusCode())
                .isEqualTo(200);
        assertThat(get("/pixel.gif?" + encoded + "=" + encoded).statusCode()).isEqualTo(200);

        String text = "\u00e4 \ud83d\udfe3\ufffd+";
        assertThat(JSON.readTree(sent().get(0)).path("userName").asText()).isEqualTo(text);
        assertThat(JSON.readTree(sent().get(1)).path(text).asText()).isEqualTo(text);
    }

    @Test
    void records_areSentToThePartitionOfThePath_andErrorsHaveTheRestConventionsFormat() throws Exception {
        start("kafka-rest");

        HttpResponse<String> offsets =
                post("/topics/" + TOPIC + "/partitions/2", "{\"records\":[{\"value\":{\"n\":1}}]}", JSON_TYPE);
        assertThat(offsets.statusCode()).isEqualTo(200);
        assertThat(Http.json(offsets).at("/offsets/0/partition").asInt()).isEqualTo(2);
        assertThat(post("/topics/" + TOPIC, "{\"records\":[{\"value\":{\"n\":2},\"partition\":1}]}", JSON_TYPE)
                        .statusCode())
                .isEqualTo(200);

        assertThat(producer.history()).extracting(ProducerRecord::partition).containsExactly(2, 1);
        assertThat(sent()).containsExactly("{\"n\":1}", "{\"n\":2}");
        assertThat(Http.json(post("/topics/card.decisions", "{\"records\":[]}", JSON_TYPE))
                        .path("error_code")
                        .asInt())
                .isEqualTo(40401);
        assertThat(Http.json(get("/topics"))).extracting(JsonNode::asText).contains(TOPIC, "transactions");
        assertThat(sent()).hasSize(2);
    }

    /** The routes do not retry: the client sends the request again. */
    @Test
    void unacknowledgedEvents_areAnsweredWith503() throws Exception {
        producer = Producers.failing();
        start("web-events", "pixel", "kafka-rest");

        List<HttpResponse<String>> responses = List.of(
                get("/api/select?color=red&user=kim"),
                post("/events/" + TOPIC, "{}", JSON_TYPE),
                get("/pixel.gif?campaign=spring"),
                post("/topics/" + TOPIC, "{\"records\":[{\"value\":1}]}", JSON_TYPE));

        assertThat(responses)
                .allSatisfy(response -> assertThat(response.statusCode()).isEqualTo(503))
                .allSatisfy(response ->
                        assertThat(response.headers().firstValue("Retry-After")).isPresent());
        assertThat(sent()).hasSize(responses.size());
        assertThat(deadLetters).isEmpty();
    }

    /** Kafka is not queried for these. */
    @Test
    void receipts_ofUndeclaredTopics_doNotExist() throws Exception {
        start("receipts");

        assertThat(get("/receipts/undeclared/0/0").statusCode()).isEqualTo(404);
        assertThat(get("/receipts/undeclared/0/x").statusCode()).isEqualTo(400);
        HttpResponse<String> states =
                post("/receipts", "[{\"topic\":\"undeclared\",\"partition\":0,\"offset\":0}]", JSON_TYPE);
        assertThat(states.statusCode()).isEqualTo(200);
        assertThat(states.body()).isEqualTo("[{\"error\":\"no such receipt\"}]");
    }

    @Test
    void receipts_ofAnotherMediaType_areUnsupported() throws Exception {
        start("receipts");
        String receipts = "[{\"topic\":\"undeclared\",\"partition\":0,\"offset\":0}]";

        assertThat(post("/receipts", receipts, "Content-Type", "APPLICATION/JSON; charset=utf-8")
                        .statusCode())
                .isEqualTo(200);
        for (String type :
                List.of("text/plain", "application/x-www-form-urlencoded", "application/json;charset=latin1")) {
            assertThat(post("/receipts", receipts, "Content-Type", type).statusCode())
                    .as(type)
                    .isEqualTo(415);
        }
        assertThat(post("/receipts", receipts).statusCode()).isEqualTo(415);
    }
}
