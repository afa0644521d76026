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
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** The route of the REST convention for Kafka as shipped, with requests of a client. */
abstract class KafkaRestTestSupport {
    static final String JSON = "application/vnd.kafka.json.v2+json";
    static final String BINARY = "application/vnd.kafka.binary.v2+json";
    static final String ANSWER = "application/vnd.kafka.v2+json";

    @AutoClose
    static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(Map.of("wadi.http.max-body", "2MiB"));
    }

    static HttpResponse<String> post(String path, String type, String body, String... headers) throws Exception {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = type;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return Http.post(wadi.eventsUrl() + path, body.getBytes(UTF_8), all);
    }

    static String type(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    static void assertError(JsonNode entry, String message) {
        assertThat(entry.path("error_code").asInt()).isEqualTo(42206);
        assertThat(entry.path("error").asText()).startsWith(message);
        assertThat(entry.path("message")).isEqualTo(entry.path("error"));
    }

    static ConsumerRecord<byte[], byte[]> at(String topic, JsonNode offset) {
        return KafkaProbe.read(
                topic, offset.path("partition").asInt(), offset.path("offset").asLong());
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
