package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ingest while a real broker is stopped. */
class KafkaDownIT {
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startIngest(Map.of("wadi.ingest.acknowledgement-timeout", "3s"));
    }

    @AfterAll
    static void stop() throws Exception {
        TestServers.shared().kafka().start();
        wadi.close();
    }

    @Test
    void requestsWithoutKafka_areRejectedWith503_andAcceptedOnceKafkaIsBack() throws Exception {
        await().until(() -> select().statusCode() == 200);

        TestServers.shared().kafka().stop();
        for (int attempt = 0; attempt < 3; attempt++) {
            HttpResponse<String> refused = select();
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("2");
            assertThat(Http.json(refused).path("error").asText()).startsWith("Kafka has not acknowledged the event");
        }
        HttpResponse<String> batch = Http.post(
                wadi.eventsUrl() + "/events/select-color",
                "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
        assertThat(batch.statusCode()).isEqualTo(503);
        assertThat(batch.headers().firstValue("Retry-After")).hasValue("2");

        HttpResponse<byte[]> pixel = Http.bytes(wadi.eventsUrl() + "/pixel.gif?a=1");
        assertThat(pixel.statusCode()).isEqualTo(503);
        assertThat(pixel.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(pixel.headers().firstValue("Content-Type")).hasValue("image/gif");
        HttpResponse<String> records = Http.post(
                wadi.eventsUrl() + "/topics/select-color",
                "{\"records\":[{\"value\":1}]}".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "Content-Type",
                "application/json");
        assertThat(records.statusCode()).isEqualTo(503);
        assertThat(Http.json(records).at("/offsets/0/error_code").asInt()).isEqualTo(50003);

        TestServers.shared().kafka().start();
        await().until(() -> select().statusCode() == 200);
    }

    private static HttpResponse<String> select() throws Exception {
        return Http.get(wadi.eventsUrl() + "/api/select?color=red&user=alice", "User-Agent", "test");
    }
}
