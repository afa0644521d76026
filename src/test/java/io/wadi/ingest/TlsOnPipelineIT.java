package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Certificate;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped pipeline with TLS on its event port. */
@Nightly(perChange = {"IngestTlsTest", "CertificatesTest", "IngestServerHttp2Test"})
class TlsOnPipelineIT {
    private static final Duration SOON = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    private Certificate first;
    private Certificate second;
    private SSLContext trust;

    @AutoClose
    private RunningWadi wadi;

    @BeforeEach
    void start() throws Exception {
        first = Certificate.make(directory, "first", "EC");
        second = Certificate.make(directory, "second", "RSA");
        trust = Certificate.trust(first, second);
        show(first);
        wadi = RunningWadi.startIngest(Map.of(
                "wadi.http.tls-certificate",
                certificate().toString(),
                "wadi.http.tls-key",
                key().toString(),
                "wadi.ingest.reload-interval",
                "1s",
                // Connections must stay open for the duration of a test.
                "wadi.http.idle-timeout",
                "10m",
                // The large body must be ingested completely even if Kafka is slow.
                "wadi.ingest.acknowledgement-timeout",
                "60s"));
    }

    private Path certificate() {
        return directory.resolve("certificate.pem");
    }

    private Path key() {
        return directory.resolve("key.pem");
    }

    private void show(Certificate shown) throws Exception {
        Files.writeString(certificate(), shown.pem());
        Files.writeString(key(), shown.keyPem());
    }

    private HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).sslContext(trust).build();
    }

    private HttpResponse<String> send(HttpClient client) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/events/select-color"))
                        .timeout(SOON)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"colorName\":\"red\"}"))
                        .build(),
                BodyHandlers.ofString());
    }

    private static String shown(HttpResponse<String> answer) throws IOException {
        return answer.sslSession().orElseThrow().getPeerPrincipal().getName();
    }

    private String metrics() throws IOException, InterruptedException {
        return Http.get(wadi.managementUrl() + "/observe/metrics").body();
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void certificate_isReplacedWithoutInterruptingEvents(HttpClient.Version version) throws Exception {
        HttpClient old = client(version);
        HttpResponse<String> answer = send(old);
        assertThat(answer.version()).isEqualTo(version);
        assertThat(shown(answer)).isEqualTo("CN=first");
        assertThat(recordOf(answer)).isEqualTo("{\"colorName\":\"red\"}");

        show(second);
        await().untilAsserted(() -> {
            keepAlive(old);
            assertThat(shown(send(client(version)))).isEqualTo("CN=second");
        });

        Files.writeString(key(), first.keyPem());
        await().untilAsserted(() -> {
            keepAlive(old);
            assertThat(metrics()).containsPattern("wadi_ingest_certificates_total\\{result=\"rejected\"} [1-9]");
        });
        assertThat(shown(send(client(version))))
                .as("after a pair that does not fit")
                .isEqualTo("CN=second");
        assertThat(shown(send(old))).as("the connection from the beginning").isEqualTo("CN=first");
    }

    /** Since JDK 20, the JDK's client closes connections that have been idle for 30 s. */
    private void keepAlive(HttpClient client) throws IOException, InterruptedException {
        assertThat(send(client).statusCode()).isEqualTo(200);
    }

    /** The body is larger than the flow-control window of HTTP/2, and than the part of a body that Wadi buffers. */
    @Test
    void largeBodyOverHttp2_getsAReceiptForEachEvent() throws Exception {
        HttpClient client = client(HttpClient.Version.HTTP_2);
        int events = 100_000;
        byte[] body = "{\"colorName\":\"red\",\"userName\":\"%s\"}\n"
                .formatted("x".repeat(40))
                .repeat(events)
                .getBytes(UTF_8);

        HttpResponse<String> broken = client.send(
                request(BodyPublishers.concat(BodyPublishers.ofByteArray(body), BodyPublishers.ofString("{"))),
                BodyHandlers.ofString());
        HttpResponse<String> answer = client.send(request(BodyPublishers.ofByteArray(body)), BodyHandlers.ofString());

        assertThat(broken.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(broken.statusCode()).isNotEqualTo(200);
        assertThat(Http.json(broken).path("receipts")).hasSize(events + 1);
        assertThat(answer.statusCode())
                .as(() -> answer.body().substring(0, Math.min(500, answer.body().length())))
                .isEqualTo(200);
        assertThat(Http.json(answer).path("receipts")).hasSize(events);
    }

    private HttpRequest request(HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/events/select-color"))
                .timeout(SOON)
                .header("Content-Type", "application/x-ndjson")
                .POST(body)
                .build();
    }

    private static String recordOf(HttpResponse<String> answer) throws Exception {
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode receipt = Http.json(answer).path("receipts").path(0);
        return new String(KafkaProbe.at(receipt).value(), UTF_8);
    }
}
