package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/kafka-rest.camel.yaml} as shipped, on real Kafka. */
class KafkaRestRouteTest {
    private static final String JSON = "application/vnd.kafka.json.v2+json";
    private static final String BINARY = "application/vnd.kafka.binary.v2+json";
    private static final String ANSWER = "application/vnd.kafka.v2+json";
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.start(Map.of("wadi.http.max-body", "2MiB"));
    }

    @AfterAll
    static void stop() {
        wadi.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {JSON, "application/json", "Application/JSON; charset=UTF-8"})
    void json_isRecordsWithKeysPartitionsTimestampsAndHeaders(String type) throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", type, """
                {"records":[
                  {"key": {"id" : "김"}, "value": { "n": 1.50 }, "partition": 2, "timestamp": 1792540800000,
                   "headers": [{"key":"trace","value":"YWJj"},{"key":"kafka.KEY","value":"eA=="}]},
                  {"value": "text", "partition": 0},
                  {"key": "gone", "value": null, "partition": 1}
                ]}""");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(type(answer)).isEqualTo(ANSWER);
        assertThat(answer.headers().map().keySet()).containsExactlyInAnyOrder("content-type", "content-length");
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(offsets.findValuesAsText("partition")).containsExactly("2", "0", "1");
        ConsumerRecord<byte[], byte[]> first = at("select-color", offsets.get(0));
        assertThat(text(first.key())).isEqualTo("{\"id\":\"김\"}");
        assertThat(text(first.value())).isEqualTo("{ \"n\": 1.50 }");
        assertThat(first.timestamp()).isEqualTo(1792540800000L);
        assertThat(KafkaProbe.header(first, "trace")).isEqualTo("abc");
        assertThat(first.headers()).hasSize(2);
        ConsumerRecord<byte[], byte[]> second = at("select-color", offsets.get(1));
        assertThat(second.key()).isNull();
        assertThat(text(second.value())).isEqualTo("\"text\"");
        ConsumerRecord<byte[], byte[]> third = at("select-color", offsets.get(2));
        assertThat(text(third.key())).isEqualTo("\"gone\"");
        assertThat(third.value()).isNull();
    }

    @Test
    void binary_isTheBytesThatBase64StandsFor() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", BINARY, """
                {"records":[{"key":"AAH/","value":"/w0K"}]}""");

        ConsumerRecord<byte[], byte[]> found =
                at("select-color", Http.json(answer).path("offsets").get(0));
        assertThat(found.key()).containsExactly(0, 1, -1);
        assertThat(found.value()).containsExactly(-1, '\r', '\n');
    }

    @Test
    void keys_goWhereOtherProducersSendThem() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", BINARY, """
                {"records":[{"key":"QnVzYW4=","value":"MQ=="},{"key":"d29ueW91bmc=","value":"Mg=="}]}""");

        assertThat(Http.json(answer).path("offsets").findValuesAsText("partition"))
                .as("of Busan and wonyoung")
                .containsExactly("2", "0");
    }

    @Test
    void path_namesThePartition() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color/partitions/1", JSON, """
                {"records":[{"key":"a","value":1},{"value":2}]}""");

        assertThat(Http.json(answer).path("offsets").findValuesAsText("partition"))
                .containsExactly("1", "1");
    }

    @Test
    void accept_ofJsonAlone_isAnsweredSo() throws Exception {
        HttpResponse<String> answer =
                post("/topics/select-color", JSON, "{\"records\":[{\"value\":1}]}", "Accept", "application/json");
        HttpResponse<String> refusal = post("/topics/select-color", JSON, "{}", "Accept", "application/json");

        assertThat(type(answer)).isEqualTo("application/json");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(type(refusal)).isEqualTo("application/json");
        assertThat(refusal.statusCode()).isEqualTo(422);
    }

    @Test
    void recordThatCannotBeTaken_hasItsErrorInPlace_andTheOthersStand() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", JSON, """
                {"records":[{"value":1},{"key":"k"},{"value":3,"partition":3},{"value":"%s"},{"value":5}]}""".formatted("x".repeat(1 << 20)));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(text(at("select-color", offsets.get(0)).value())).isEqualTo("1");
        assertError(offsets.get(1), 42206, "/records/1/value: missing; null is a tombstone");
        assertError(offsets.get(2), 42206, "/records/2: partition 3 does not exist; the topic's last is 2");
        assertError(offsets.get(3), 42206, "/records/3: longer than 1024000 bytes");
        assertThat(text(at("select-color", offsets.get(4)).value())).isEqualTo("5");
    }

    @Test
    void recordsOfWhichNoneCanBeTaken_are422() throws Exception {
        HttpResponse<String> answer = post(
                "/topics/select-color",
                BINARY,
                "{\"records\":[{\"value\":\"%\"},{\"value\":\"eA==\",\"partition\":9}]}");

        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertError(offsets.get(0), 42206, "/records/0/value: not a string of base64");
        assertError(offsets.get(1), 42206, "/records/1: partition 9 does not exist; the topic's last is 2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nowhere                     | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            wadi.dead-letter            | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            __consumer_offsets          | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            select-color/partitions/3   | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40402 | topic select-color has no such partition
            select-color/partitions/-1  | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40402 | topic select-color has no such partition
            select-color                | application/vnd.kafka.avro.v2+json | {"records":[{"value":1}]}  | 415 | 415   | the Content-Type is not taken
            select-color                | application/vnd.kafka.json.v2+json | {"records":[{"value":1}    | 400 | 400   | the body is not JSON: line 1, column
            select-color                | application/vnd.kafka.json.v2+json | {"records":[]}             | 422 | 422   | /records: there is no record
            """)
    void request_thatCannotBeTaken_hasTheConventionsCode(
            String path, String type, String body, int status, int code, String message) throws Exception {
        HttpResponse<String> answer = post("/topics/" + path, type, body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(type(answer)).isEqualTo(ANSWER);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(code);
        assertThat(Http.json(answer).path("message").asText()).startsWith(message);
    }

    @Test
    void accept_ofNothingThatIsGiven_is406AndNothingIsSent() throws Exception {
        String value = "\"only-of-this-test\"";
        HttpResponse<String> answer =
                post("/topics/select-color", JSON, "{\"records\":[{\"value\":" + value + "}]}", "Accept", "text/html");

        assertThat(answer.statusCode()).isEqualTo(406);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(406);
        assertThat(KafkaProbe.read("select-color", found -> value.equals(text(found.value()))))
                .isEmpty();
    }

    @Test
    void body_thatIsTooLarge_is413() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", JSON, " ".repeat((2 << 20) + 1));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(413);
    }

    private static HttpResponse<String> post(String path, String type, String body, String... headers)
            throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = type;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return Http.post(wadi.eventsUrl() + path, body.getBytes(UTF_8), all);
    }

    private static String type(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    private static void assertError(JsonNode entry, int code, String message) {
        assertThat(entry.path("error_code").asInt()).isEqualTo(code);
        assertThat(entry.path("error").asText()).startsWith(message);
        assertThat(entry.path("message")).isEqualTo(entry.path("error"));
    }

    private static ConsumerRecord<byte[], byte[]> at(String topic, JsonNode offset) {
        return KafkaProbe.read(
                topic, offset.path("partition").asInt(), offset.path("offset").asLong());
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
