package io.wadi.ingest;

import static io.wadi.testing.Fixtures.gzip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.luben.zstd.Zstd;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/kafka-rest.camel.yaml} as shipped, on real Kafka. */
class KafkaRestRouteIT extends KafkaRestTestSupport {
    @ParameterizedTest
    @ValueSource(strings = {JSON, "application/json", "Application/JSON; charset=UTF-8"})
    void jsonFormat_storesKeysPartitionsTimestampsAndHeaders(String type) throws Exception {
        long yesterday = Instant.now().minus(Duration.ofDays(1)).toEpochMilli();
        HttpResponse<String> answer = post("/topics/select-color", type, """
                {"records":[
                  {"key": {"id" : "김"}, "value": { "n": 1.50 }, "partition": 2, "timestamp": %d,
                   "headers": [{"key":"trace","value":"YWJj"},{"key":"kafka.KEY","value":"eA=="}]},
                  {"value": "text", "partition": 0},
                  {"key": "gone", "value": null, "partition": 1}
                ]}""".formatted(yesterday));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(type(answer)).isEqualTo(ANSWER);
        assertThat(answer.headers().map().keySet()).containsExactlyInAnyOrder("content-type", "content-length", "date");
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(offsets.findValuesAsText("partition")).containsExactly("2", "0", "1");
        ConsumerRecord<byte[], byte[]> first = at("select-color", offsets.get(0));
        assertThat(text(first.key())).isEqualTo("{\"id\":\"김\"}");
        assertThat(text(first.value())).isEqualTo("{ \"n\": 1.50 }");
        assertThat(first.timestamp()).isEqualTo(yesterday);
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
    void binaryFormat_storesTheDecodedBase64() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", BINARY, """
                {"records":[{"key":"AAH/","value":"/w0K"}]}""");

        ConsumerRecord<byte[], byte[]> found =
                at("select-color", Http.json(answer).path("offsets").get(0));
        assertThat(found.key()).containsExactly(0, 1, -1);
        assertThat(found.value()).containsExactly(-1, '\r', '\n');
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void compressedBody_isAccepted(String coding) throws Exception {
        byte[] body = "{\"records\":[{\"value\":\"김\"}]}".getBytes(UTF_8);
        byte[] coded = coding.equals("zstd") ? Zstd.compress(body) : gzip(body);
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/topics/select-color", coded, "Content-Type", JSON, "Content-Encoding", coding);

        assertThat(text(at("select-color", Http.json(answer).path("offsets").get(0))
                        .value()))
                .isEqualTo("\"김\"");
    }

    @Test
    void bodyWithAWrongTypeOrEncoding_hasTheRestConventionsErrorCode() throws Exception {
        byte[] body = "{}".getBytes(UTF_8);
        String url = wadi.eventsUrl() + "/topics/select-color";

        assertThat(Http.post(url, body, "Content-Type", JSON, "Content-Encoding", "gzip")
                        .body())
                .startsWith("{\"error_code\":400,\"message\":\"the body is not gzip: ");
        assertThat(Http.post(url, body, "Content-Type", JSON, "Content-Encoding", "br")
                        .body())
                .startsWith("{\"error_code\":415,");
        assertThat(Http.post(url, gzip(new byte[4 << 20]), "Content-Type", JSON, "Content-Encoding", "gzip")
                        .body())
                .startsWith("{\"error_code\":413,");
    }

    @Test
    void keys_arePartitionedLikeOtherProducers() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", BINARY, """
                {"records":[{"key":"QnVzYW4=","value":"MQ=="},{"key":"d29ueW91bmc=","value":"Mg=="}]}""");

        assertThat(Http.json(answer).path("offsets").findValuesAsText("partition"))
                .as("of Busan and wonyoung")
                .containsExactly("2", "0");
    }

    @Test
    void path_selectsThePartition() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color/partitions/1", JSON, """
                {"records":[{"key":"a","value":1},{"value":2}]}""");

        assertThat(Http.json(answer).path("offsets").findValuesAsText("partition"))
                .containsExactly("1", "1");
    }

    @Test
    void acceptHeaderOfJson_isAnsweredWithJson() throws Exception {
        HttpResponse<String> answer =
                post("/topics/select-color", JSON, "{\"records\":[{\"value\":1}]}", "Accept", "application/json");
        HttpResponse<String> refusal = post("/topics/select-color", JSON, "{}", "Accept", "application/json");

        assertThat(type(answer)).isEqualTo("application/json");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(type(refusal)).isEqualTo("application/json");
        assertThat(refusal.statusCode()).isEqualTo(422);
    }

    @Test
    void invalidRecord_hasItsErrorInPlace_andOthersAreStored() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", JSON, """
                {"records":[{"value":1},{"key":"k"},{"value":3,"partition":3},{"value":"%s"},{"value":5}]}""".formatted("x".repeat(1 << 20)));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(text(at("select-color", offsets.get(0)).value())).isEqualTo("1");
        assertError(offsets.get(1), "/records/1/value: missing; null is a tombstone");
        assertError(offsets.get(2), "/records/2: partition 3 does not exist: expected 0 to 2");
        assertError(offsets.get(3), "/records/3: longer than 1024000 bytes");
        assertThat(text(at("select-color", offsets.get(4)).value())).isEqualTo("5");
    }

    /** The server reads the records over several iterations of its event loop. */
    @Test
    @Nightly(
            perChange = {
                "KafkaRestRouteIT#path_selectsThePartition",
                "RestRecordsLimitsTest#longBody_isReadInSteps_andTheParserIsChargedBetweenThem"
            })
    void manyRecords_areStoredInOrder() throws Exception {
        int count = 50_000;
        String body = "{\"records\":["
                + IntStream.range(0, count)
                        .mapToObj(i -> "{\"value\":[%d],\"partition\":1}".formatted(i))
                        .collect(Collectors.joining(","))
                + "]}";

        HttpResponse<String> answer = post("/topics/select-color", JSON, body);

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(offsets).hasSize(count);
        assertThat(text(at("select-color", offsets.get(0)).value())).isEqualTo("[0]");
        assertThat(text(at("select-color", offsets.get(count - 1)).value())).isEqualTo("[%d]".formatted(count - 1));
        assertThat(offsets.get(count - 1).path("offset").asLong())
                .isEqualTo(offsets.get(0).path("offset").asLong() + count - 1);
    }

    @Test
    void timestampsFarFromTheClock_haveTheirErrorsInPlace_andOthersAreStored() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", JSON, """
                {"records":[{"value":1,"timestamp":1000},{"value":2,"timestamp":4102444800000},{"value":3}]}""");

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertError(offsets.get(0), "/records/0: timestamp 1000 is more than 31d old");
        assertError(offsets.get(1), "/records/1: timestamp 4102444800000 is more than 55m ahead of the server's clock");
        assertThat(text(at("select-color", offsets.get(2)).value())).isEqualTo("3");
    }

    /** Kafka's exception for the only invalid record of a batch differs from that for one of several. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void recordWithATimestampRejectedByKafka_isRejected(int records) throws Exception {
        String record = "{\"key\":{\"customerId\":1},\"value\":1,\"timestamp\":%d}"
                .formatted(Instant.now().plusSeconds(1800).toEpochMilli());
        TopicProbe.configure("transactions", "message.timestamp.after.max.ms", "60000");
        try {
            // The broker applies the setting some time later.
            await().untilAsserted(() -> {
                HttpResponse<String> answer = post(
                        "/topics/transactions",
                        JSON,
                        "{\"records\":[" + String.join(",", Collections.nCopies(records, record)) + "]}");

                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
                assertError(Http.json(answer).path("offsets").get(0), "/records/0: Kafka rejects it: Timestamp ");
            });
        } finally {
            TopicProbe.reset("transactions", "message.timestamp.after.max.ms");
        }
    }

    @Test
    @Nightly(
            perChange = {
                "KafkaRestRouteIT#invalidRecord_hasItsErrorInPlace_andOthersAreStored",
                "RestRecordsLimitsTest#longBody_isReadInSteps_andTheParserIsChargedBetweenThem"
            })
    void manyRecords_getOneEntryEach() throws Exception {
        String record = "{\"key\":{\"customerId\":%d},\"value\":%d},";
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < 19_999; i++) {
            records.append(record.formatted(i, i));
        }

        HttpResponse<String> answer = post("/topics/transactions", JSON, "{\"records\":[" + records + "{}]}");

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(offsets).hasSize(20_000);
        assertThat(offsets.findValuesAsText("offset")).hasSize(19_999);
        assertThat(text(at("transactions", offsets.get(7)).value())).isEqualTo("7");
        assertError(offsets.get(19_999), "/records/19999/value: missing");
    }

    @Test
    void onlyInvalidRecords_are422() throws Exception {
        HttpResponse<String> answer = post(
                "/topics/select-color",
                BINARY,
                "{\"records\":[{\"value\":\"%\"},{\"value\":\"eA==\",\"partition\":9}]}");

        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertError(offsets.get(0), "/records/0/value: not a string of base64");
        assertError(offsets.get(1), "/records/1: partition 9 does not exist: expected 0 to 2");
    }

    @Test
    void manyInvalidRecords_are422_andThoseAfterTheLimitAreNotSent() throws Exception {
        String records = "{\"value\":\"%\"},".repeat(1_001) + "{\"value\":\"eA==\"}";

        HttpResponse<String> answer = post("/topics/select-color", BINARY, "{\"records\":[" + records + "]}");

        assertThat(answer.statusCode()).isEqualTo(422);
        JsonNode offsets = Http.json(answer).path("offsets");
        assertThat(offsets).hasSize(1_002);
        assertError(offsets.get(1_000), "/records/1000/value: not a string of base64");
        assertError(
                offsets.get(1_001),
                "not sent: the body was not read further after 1,001 rejected events, expected at most 1,000: correct them and send the rest again");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nowhere                     | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            wadi.dead-letter            | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            __consumer_offsets          | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40401 | topics.yaml declares no such topic for records
            select-color/partitions/3   | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40402 | topic select-color has no such partition
            select-color/partitions/-1  | application/vnd.kafka.json.v2+json | {"records":[{"value":1}]}  | 404 | 40402 | topic select-color has no such partition
            select-color                | application/vnd.kafka.avro.v2+json | {"records":[{"value":1}]}  | 415 | 415   | unsupported Content-Type
            select-color                | application/vnd.kafka.json.v2+json | {"records":[{"value":1}    | 400 | 400   | the body is not JSON: line 1, column
            select-color                | application/vnd.kafka.json.v2+json | {"records":[]}             | 422 | 422   | /records: expected at least one record
            """)
    void invalidRequest_hasTheRestConventionsErrorCode(
            String path, String type, String body, int status, int code, String message) throws Exception {
        HttpResponse<String> answer = post("/topics/" + path, type, body);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(type(answer)).isEqualTo(ANSWER);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(code);
        assertThat(Http.json(answer).path("message").asText()).startsWith(message);
    }

    @Test
    void acceptHeaderOfAnUnsupportedType_is406_andNothingIsSent() throws Exception {
        String value = "\"only-of-this-test\"";
        HttpResponse<String> answer =
                post("/topics/select-color", JSON, "{\"records\":[{\"value\":" + value + "}]}", "Accept", "text/html");

        assertThat(answer.statusCode()).isEqualTo(406);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(406);
        assertThat(KafkaProbe.read("select-color", found -> value.equals(text(found.value()))))
                .isEmpty();
    }

    @Test
    void tooLargeBody_is413() throws Exception {
        HttpResponse<String> answer = post("/topics/select-color", JSON, " ".repeat((2 << 20) + 1));

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(413);
    }

    @Test
    void topics_areTheOnesOpenForIngest() throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/topics");

        assertThat(answer.body()).isEqualTo("[\"metric.all\",\"select-color\",\"transactions\"]");
        assertThat(type(answer)).isEqualTo(ANSWER);
    }

    @Test
    void topic_isDescribedFromKafkasMetadata() throws Exception {
        JsonNode topic = Http.json(Http.get(wadi.eventsUrl() + "/topics/select-color"));
        JsonNode partitions = Http.json(Http.get(wadi.eventsUrl() + "/topics/select-color/partitions"));
        JsonNode second = Http.json(Http.get(wadi.eventsUrl() + "/topics/select-color/partitions/1"));

        assertThat(topic.path("name").asText()).isEqualTo("select-color");
        assertThat(topic.path("configs").path("cleanup.policy").asText()).isEqualTo("delete");
        assertThat(topic.path("partitions")).hasSize(3).isEqualTo(partitions);
        assertThat(second).isEqualTo(partitions.get(1));
        assertThat(second.path("partition").asInt()).isEqualTo(1);
        assertThat(second.path("replicas").get(0).path("broker")).isEqualTo(second.path("leader"));
        assertThat(second.path("replicas").get(0).path("in_sync").asBoolean()).isTrue();
    }

    @Test
    void offsets_areThoseOfThePartition() throws Exception {
        HttpResponse<String> sent =
                post("/topics/transactions/partitions/1", JSON, "{\"records\":[{\"key\":1,\"value\":1}]}");
        long offset = Http.json(sent).path("offsets").get(0).path("offset").asLong();

        await().untilAsserted(() -> {
            JsonNode offsets = Http.json(Http.get(wadi.eventsUrl() + "/topics/transactions/partitions/1/offsets"));
            assertThat(offsets.path("beginning_offset").asLong()).isZero();
            assertThat(offsets.path("end_offset").asLong()).isEqualTo(offset + 1);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "nowhere, 40401",
        "wadi.dead-letter, 40401",
        "__consumer_offsets/partitions, 40401",
        "metric.cpu/partitions/0, 40401",
        "select-color/partitions/3, 40402",
        "select-color/partitions/x/offsets, 40402",
        "select-color/partitions/3/offsets, 40402",
        "select-color/partitions/0/offsets/0, 404",
    })
    void missingOrClosedTopicsAndPartitions_are404(String path, int code) throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/topics/" + path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(Http.json(answer).path("error_code").asInt()).isEqualTo(code);
    }

    @Test
    void topicDescription_isAnsweredOnlyInAnAcceptedType() throws Exception {
        for (String path : List.of("/topics", "/topics/select-color", "/topics/select-color/partitions/0/offsets")) {
            HttpResponse<String> json = Http.get(wadi.eventsUrl() + path, "Accept", "application/json");
            HttpResponse<String> none = Http.get(wadi.eventsUrl() + path, "Accept", "text/html");

            assertThat(json.statusCode()).as(path).isEqualTo(200);
            assertThat(type(json)).isEqualTo("application/json");
            assertThat(none.statusCode()).as(path).isEqualTo(406);
        }
    }

    @Test
    void headIsAnsweredWithoutABody_andOtherMethodsAreRejected() throws Exception {
        HttpResponse<String> head = Http.send("HEAD", wadi.eventsUrl() + "/topics/select-color");
        HttpResponse<String> delete = Http.send("DELETE", wadi.eventsUrl() + "/topics/select-color");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(type(head)).isEqualTo(ANSWER);
        assertThat(Http.head(wadi.eventsUrl() + "/topics/select-color"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
        assertThat(delete.statusCode()).isEqualTo(405);
        assertThat(delete.headers().firstValue("Allow")).hasValue("GET, HEAD, OPTIONS, POST");
    }
}
