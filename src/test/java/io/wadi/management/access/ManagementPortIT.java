package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the management port of a running pipeline, also of untrusted clients. */
class ManagementPortIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String TOPIC = "management-port";
    private static final String SECRET = "hunter2";

    @TempDir
    private static Path configuration;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startWithTopic(configuration, TOPIC, 1, Map.of());
        KafkaProbe.send(new ProducerRecord<>(
                TOPIC, 0, null, ("{\"user\":\"ada\",\"password\":\"" + SECRET + "\"}").getBytes(UTF_8)));
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket("localhost", URI.create(wadi.managementUrl()).getPort());
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        return socket;
    }

    /** Sends the lines of a request with {@code Connection: close} and returns the whole response. */
    private static String send(String... lines) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream()
                    .write((String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    @Test
    void follow_masksTheDocument_likeTheRecordsOfItsTopic() throws Exception {
        String follow = wadi.managementUrl() + "/api/follow?topic=" + TOPIC + "&partition=0&offset=0";
        await().until(() -> Http.json(Http.get(follow)).at("/indexed/document").isObject());

        JsonNode found = Http.json(Http.get(follow));
        assertThat(found.at("/indexed/document/user").asText()).isEqualTo("ada");
        assertThat(found.toString()).doesNotContain(SECRET);
        assertThat(Http.get(wadi.managementUrl() + "/api/topics/" + TOPIC + "/records")
                        .body())
                .contains("ada")
                .doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource({"/api/about,no-store", "/connectors,no-store", "/api/lag,no-store", "/send,no-cache"})
    void response_hasCacheControl(String path, String caching) throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + path);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue(caching);
    }

    @Test
    void unknownPath_is404_withTheExistingPaths() throws Exception {
        HttpResponse<String> forTools = Http.get(wadi.managementUrl() + "/nowhere");
        assertThat(forTools.statusCode()).isEqualTo(404);
        assertThat(Http.json(forTools).path("message").asText()).contains("/observe/health", "/connectors");

        HttpResponse<String> forBrowsers = Http.get(wadi.managementUrl() + "/nowhere", "Accept", "text/html,*/*");
        assertThat(forBrowsers.statusCode()).isEqualTo(404);
        assertThat(forBrowsers.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        assertThat(forBrowsers.body()).contains("<a href=\"/\">");
    }

    @Test
    void http11Request_requiresExactlyOneHost() throws Exception {
        assertThat(send("GET /observe/health HTTP/1.1"))
                .startsWith("HTTP/1.1 400 ")
                .contains("expected exactly one");
        assertThat(send("GET /observe/health HTTP/1.1", "Host: localhost", "Host: localhost"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(send("GET /observe/metrics HTTP/1.1", "Host: localhost")).startsWith("HTTP/1.1 200 ");
        assertThat(send("GET /observe/metrics HTTP/1.0")).startsWith("HTTP/1.0 200 ");
        assertThat(Http.get(wadi.managementUrl() + "/observe/metrics").body())
                .containsPattern("wadi_management_rejections_total\\{cause=\"host-header\"} [2-9]");
    }

    @Test
    void unknownHostName_isRejected_onEachPath() throws Exception {
        for (String path : List.of("/observe/health", "/observe/metrics", "/api/dead-letters", "/", "/page/page.js")) {
            assertThat(send("GET " + path + " HTTP/1.1", "Host: rebound.example:9876"))
                    .as(path)
                    .startsWith("HTTP/1.1 403 ")
                    .contains("rebound.example", "wadi.management.host-names");
        }
        assertThat(send("GET /observe/metrics HTTP/1.1", "Host: 127.0.0.1:9876"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void crossSiteRequests_areRejected_exceptLinksToThePage() throws Exception {
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(send("GET /api/dead-letters HTTP/1.1", "Host: localhost", "Sec-Fetch-Site: " + site))
                    .as(site)
                    .startsWith("HTTP/1.1 403 ")
                    .contains(site);
        }
        assertThat(send("GET /api/dead-letters HTTP/1.1", "Host: localhost", "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 200 ");
        assertThat(send(
                        "GET / HTTP/1.1",
                        "Host: localhost",
                        "Accept: text/html",
                        "Sec-Fetch-Site: cross-site",
                        "Sec-Fetch-Mode: navigate",
                        "Sec-Fetch-Dest: document"))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select-color | partition=7           | partition 7 of topic select-color does not exist: expected 0 to 2
            select-color | offset=0              | partition is missing: expected with offset
            select-color | partition=x           | Invalid value 'x' for partition: expected an integer
            select-color | limit=0               | Invalid value 0 for limit: expected 1 to 200
            select-color | limit=201             | Invalid value 201 for limit: expected 1 to 200
            """)
    void invalidRecordQuery_isRejectedWithTheReason(String topic, String query, String why) throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + "/api/topics/" + topic + "/records?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.json(response).path("error").asText()).isEqualTo(why);
    }

    @Test
    void recordsOfAnUnknownTopic_areNotFound() throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + "/api/topics/nowhere/records?limit=5");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(Http.json(response).path("error").asText()).isEqualTo("topic nowhere does not exist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/page/page.js",
                "/api/about",
                "/api/routes/landing",
                "/api/landed",
                "/api/dead-letters",
                "/api/alerts",
                "/api/lag",
                "/v3/kafka",
                "/tables",
                "/connectors",
                "/openapi.json",
                "/observe/health/started"
            })
    void head_hasTheStatusOfGet_withoutABody(String path) throws Exception {
        String head = send("HEAD " + path + " HTTP/1.1", "Host: localhost");

        int status = Http.get(wadi.managementUrl() + path).statusCode();
        assertThat(head)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsOnlyOnce("\r\n\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void liveStream_isSentToAllClients_onEachChange() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(URI.create(wadi.managementUrl() + "/api/live"))
                .build();
        HttpResponse<Stream<String>> one = client.send(request, HttpResponse.BodyHandlers.ofLines());
        HttpResponse<Stream<String>> other = client.send(request, HttpResponse.BodyHandlers.ofLines());

        for (HttpResponse<Stream<String>> each : List.of(one, other)) {
            assertThat(each.headers().firstValue("Content-Type")).hasValue("text/event-stream");
            List<String> missing = new ArrayList<>(List.of(
                    "event: about", "event: history", "event: lag", "event: connectors", "event: now", "event: now"));
            try (Stream<String> lines = each.body()) {
                Iterator<String> line = lines.iterator();
                while (!missing.isEmpty() && line.hasNext()) {
                    missing.remove(line.next());
                }
            }
            assertThat(missing).as("until the stream ended").isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            partition=x&offset=0 | Invalid value 'x' for partition: expected an integer
            partition=0          | topic, partition or offset is missing: expected all three
            """)
    void follow_withoutAPartitionOrOffset_isRejectedWithTheReason(String query, String why) throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + "/api/follow?topic=select-color&" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.json(response).path("error").asText()).isEqualTo(why);
    }

    @Test
    void follow_unknownRecord_isNotFound() throws Exception {
        for (String record : List.of(
                "topic=nowhere&partition=0&offset=0",
                "topic=select-color&partition=0&offset=999999999",
                "topic=select-color&partition=-1&offset=0")) {
            HttpResponse<String> response = Http.get(wadi.managementUrl() + "/api/follow?" + record);
            assertThat(response.statusCode()).as(record).isEqualTo(404);
            assertThat(response.body()).contains("does not exist");
        }
    }

    @Test
    void health_isReady_andListsItsChecks() throws Exception {
        await().until(() ->
                Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode() == 200);
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/ready").body())
                .contains("wadi-topics", "wadi-routes", "wadi-kafka");
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/live").body())
                .contains("wadi-process")
                .doesNotContain("wadi-kafka");
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/started").statusCode())
                .isEqualTo(200);
    }
}
