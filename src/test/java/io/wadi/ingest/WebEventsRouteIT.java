package io.wadi.ingest;

import static io.wadi.testing.KafkaProbe.at;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.Fixtures;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code routes/web-events.camel.yaml} as shipped, on real Kafka. */
class WebEventsRouteIT {
    private static final String NDJSON = "application/x-ndjson";

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startRoutes(List.of("web-events", "landing"), Map.of("wadi.http.max-stream", "64KiB"));
    }

    @Test
    void select_storesOneRecordInTheClassicFormat() throws Exception {
        HttpResponse<String> answer = select("색 🟣 \"x\"", "김철수", "Mozilla/5.0");

        assertThat(answer.statusCode()).isEqualTo(200);
        ConsumerRecord<byte[], byte[]> found = at(Http.json(answer));
        assertThat(found.key()).isNull();
        assertThat(found.headers()).isEmpty();
        assertThat(new String(found.value(), UTF_8))
                .matches("\\{\"timestamp\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}[+-]\\d{4}\","
                        + "\"userAgent\":\"Mozilla/5.0\",\"colorName\":\"색 🟣 \\\\\"x\\\\\"\",\"userName\":\"김철수\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "?color=red,query parameter user is missing",
        "?user=alice,query parameter color is missing",
        "?color=&user=alice,query parameter color is empty",
        "?color=red&color=blue&user=alice,query parameter color is given more than once",
    })
    void select_missingOrInvalidParameter_isRejectedWithTheReason(String query, String reason) throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/api/select" + query, "User-Agent", "test");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Http.json(answer).path("error").asText()).isEqualTo(reason);
    }

    @Test
    void select_withoutAUserAgent_isRejected() throws Exception {
        HttpResponse<String> answer =
                Http.get(wadi.eventsUrl() + "/api/select?color=red&user=alice", "User-Agent", " ");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("User-Agent is missing");
    }

    @Test
    void requestHeadersAndParameters_doNotAffectTheRecordOrTheResponse() throws Exception {
        HttpResponse<String> answer = Http.get(
                wadi.eventsUrl()
                        + "/api/select?color=red&user=alice&kafka.OVERRIDE_TOPIC=metric.all&CamelHttpResponseCode=500",
                "User-Agent",
                "test",
                "kafka.OVERRIDE_TOPIC",
                "metric.all",
                "kafka.KEY",
                "injected",
                "kafka.PARTITION_KEY",
                "1",
                "CamelHttpResponseCode",
                "500",
                "X-Mine",
                "echo");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map().keySet()).containsExactlyInAnyOrder("content-type", "content-length", "date");
        JsonNode receipt = Http.json(answer);
        assertThat(receipt.path("topic").asText()).isEqualTo("select-color");
        assertThat(at(receipt).key()).isNull();
        assertThat(at(receipt).headers()).isEmpty();
    }

    @Test
    void crossOriginRequest_isAllowed_andItsErrorsAreReadable() throws Exception {
        for (String query : List.of("?color=red&user=alice", "?color=red")) {
            HttpResponse<String> answer = Http.get(
                    wadi.eventsUrl() + "/api/select" + query, "User-Agent", "test", "Origin", "http://localhost:9876");

            assertThat(answer.headers().firstValue("access-control-allow-origin"))
                    .hasValue("*");
            assertThat(answer.headers().firstValue("access-control-expose-headers"))
                    .hasValue("Retry-After, Preference-Applied");
        }
    }

    @Test
    void events_asLines_areStoredByteForByte_withReceiptsInOrder() throws Exception {
        List<String> lines = Fixtures.lines("select-color.ndjson");

        HttpResponse<String> answer = post("select-color", Fixtures.bytes("select-color.ndjson"), NDJSON);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(values(answer)).isEqualTo(lines);
    }

    @Test
    void events_asArray_areStoredByteForByte() throws Exception {
        String first = "{\"b\" : 1.10, \"a\":\"\\u00e9é\"}";
        String second = "{ }";

        HttpResponse<String> answer =
                post("select-color", ("[" + first + " ,\n" + second + "]").getBytes(UTF_8), "application/json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(values(answer)).containsExactly(first, second);
    }

    @Test
    void invalidLine_isRejected_andOtherEventsAreStored() throws Exception {
        String body = "{\"n\":1}\nnot json\n{\"n\":3}\n[4]\n";

        HttpResponse<String> answer = post("select-color", body.getBytes(UTF_8), NDJSON);

        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode receipts = Http.json(answer).path("receipts");
        assertThat(receipts).hasSize(4);
        assertThat(new String(at(receipts.get(0)).value(), UTF_8)).isEqualTo("{\"n\":1}");
        assertThat(receipts.get(1).path("error").asText()).startsWith("line 2, column ");
        assertThat(new String(at(receipts.get(2)).value(), UTF_8)).isEqualTo("{\"n\":3}");
        assertThat(receipts.get(3).path("error").asText()).isEqualTo("line 4: expected a JSON object");
    }

    @Test
    void eventWithAnIdempotencyKey_hasItAsSenderId() throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{\"n\":1}".getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                "order-17");

        ConsumerRecord<byte[], byte[]> found =
                at(Http.json(answer).path("receipts").get(0));
        assertThat(KafkaProbe.header(found, "wadi-id")).isEqualTo("~~order-17");
        assertThat(found.headers()).hasSize(1);
    }

    @Test
    void tooLongIdempotencyKey_isRejected() throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{}".getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                "x".repeat(501));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Http.json(answer).path("error").asText())
                .isEqualTo("request header Idempotency-Key is not 1 to 500 printable ASCII characters");
    }

    @Test
    void duplicateContentType_isRejected() throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{}".getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "Content-Type",
                "text/plain");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(Http.json(answer).path("error").asText())
                .isEqualTo("request header Content-Type is given more than once");
    }

    @ParameterizedTest
    @CsvSource({
        "select-color,application/json,,400,the body contains no event",
        "select-color,application/json,'{\"a\":1',400,the body is not JSON: line 1",
        "select-color,application/x-www-form-urlencoded,a=b,415,Content-Type application/x-www-form-urlencoded is not supported",
        "select-color,image/png,x,415,Content-Type image/png is not supported",
        "nowhere,application/json,{},404,topics.yaml declares no such topic",
        "wadi.dead-letter,application/json,{},404,topics.yaml declares no such topic",
    })
    void invalidRequests_areRejectedWithTheReason(
            String topic, String contentType, String body, int status, String reason) throws Exception {
        HttpResponse<String> answer = post(topic, body == null ? new byte[0] : body.getBytes(UTF_8), contentType);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Http.json(answer).path("error").asText()).startsWith(reason);
    }

    @Test
    void events_largerThanTheLimit_areRejectedWith413() throws Exception {
        HttpResponse<String> answer = post("select-color", new byte[65 * 1024], NDJSON);

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("the body is longer than 65536 bytes");
    }

    @Test
    void requests_areCounted_andOtherRoutesByCamel() throws Exception {
        select("red", "alice", "test");

        String meters = Http.get(wadi.managementUrl() + "/observe/metrics").body();
        assertThat(meters)
                .containsPattern("wadi_ingest_requests_total\\{path=\"/api/select\",status=\"2xx\"} [1-9]")
                .containsPattern("camel_exchanges_total\\{[^}]*routeId=\"landing\"")
                .doesNotContainPattern("camel_exchanges_total\\{[^}]*routeId=\"web-events\"");
    }

    @Test
    void anyBytes_getAReceiptOrAReasonForRejection() throws Exception {
        java.util.Random random = new java.util.Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);

            HttpResponse<String> answer = post("select-color", body, i % 2 == 0 ? NDJSON : "application/json");

            assertThat(answer.statusCode()).as("seed 7, body %d", i).isEqualTo(400);
            assertThat(new ObjectMapper().readTree(answer.body()).path("error").asText())
                    .isNotEmpty();
        }
    }

    private static HttpResponse<String> select(String color, String user, String userAgent) throws Exception {
        return Http.get(
                wadi.eventsUrl() + "/api/select?color=" + URLEncoder.encode(color, UTF_8) + "&user="
                        + URLEncoder.encode(user, UTF_8),
                "User-Agent",
                userAgent);
    }

    private static HttpResponse<String> post(String topic, byte[] body, String contentType) throws Exception {
        return Http.post(wadi.eventsUrl() + "/events/" + topic, body, "Content-Type", contentType);
    }

    private static List<String> values(HttpResponse<String> answer) throws Exception {
        List<String> values = new ArrayList<>();
        for (JsonNode receipt : Http.json(answer).path("receipts")) {
            values.add(new String(at(receipt).value(), UTF_8));
        }
        return values;
    }
}
