package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.SharedServers;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the local servers reject. */
class LocalServersProtectionIT {
    private static final String EVENT = "{\"colorName\":\"빨강 🎨\"}";
    private static final String ADDED = "{}";
    private static final String BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build();

    private static final SharedServers SERVERS = TestServers.shared();
    private static final ServerPorts PORTS = SERVERS.ports();
    private static LocalHdfs hdfs;

    @BeforeAll
    static void skipForContainers() {
        assumeTrue(SERVERS.hdfs().isPresent(), "Skipped: the servers are containers");
        hdfs = SERVERS.hdfs().get();
    }

    /**
     * On Linux all of 127.0.0.0/8 is local, so a port that is bound to all addresses would also be open at 127.0.0.2.
     */
    @Test
    @EnabledOnOs(OS.LINUX)
    void servers_listenOnLoopbackOnly() {
        assertThat(List.of(PORTS.kafka(), PORTS.hdfs(), PORTS.hdfsWeb(), PORTS.elasticsearch()))
                .allMatch(port -> isOpen("127.0.0.1", port))
                .noneMatch(port -> isOpen("127.0.0.2", port));
        assertThat(hdfs.dataNodePorts())
                .hasSize(3)
                .allMatch(port -> isOpen("127.0.0.1", port))
                .noneMatch(port -> isOpen("127.0.0.2", port));
    }

    private static boolean isOpen(String address, int port) {
        try (Socket socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * Web pages can make a browser send requests to other servers, but only without custom headers and with methods
     * that need no CORS preflight.
     */
    @ParameterizedTest
    @ValueSource(strings = {"TRUNCATE&newlength=1", "APPEND", "CONCAT&sources=/protection/other.jsonl"})
    void webHdfs_rejectsAChangeRequestedByAWebPage(String operation) throws Exception {
        LocalServersIT.write(PORTS, "/protection/forged.jsonl", EVENT);
        String url = PORTS.webHdfsUrl() + "/protection/forged.jsonl?user.name=" + System.getProperty("user.name")
                + "&op=" + operation;

        HttpResponse<String> refused = post(url, "User-Agent", BROWSER);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Missing Required Header for CSRF Vulnerability Protection");
        assertThat(LocalServersIT.get(PORTS.webHdfsUrl() + "/protection/forged.jsonl?op=OPEN"))
                .isEqualTo(EVENT);
    }

    @Test
    void webHdfs_acceptsARequestWithItsHeader() throws Exception {
        LocalServersIT.write(PORTS, "/protection/truncated.jsonl", EVENT);
        String url = PORTS.webHdfsUrl() + "/protection/truncated.jsonl?op=TRUNCATE&newlength=1&user.name="
                + System.getProperty("user.name");

        assertThat(post(url, "User-Agent", BROWSER, "X-XSRF-HEADER", "any").statusCode())
                .isEqualTo(200);
        await().untilAsserted(
                        () -> assertThat(LocalServersIT.get(PORTS.webHdfsUrl() + "/protection/truncated.jsonl?op=OPEN"))
                                .isEqualTo("{"));
    }

    /** A page can send the request that the NameNode would redirect directly to the DataNode. */
    @Test
    void dataNode_appendsOnlyForARequestWithTheHeader() throws Exception {
        LocalServersIT.write(PORTS, "/protection/appended.jsonl", EVENT);
        try (FileSystem files = FileSystem.newInstance(URI.create(PORTS.hdfsUri()), new Configuration())) {
            // Appending to a file with three replicas requires a second DataNode.
            files.setReplication(new Path("/protection/appended.jsonl"), (short) 1);
        }
        String url =
                "http://localhost:%d/webhdfs/v1/protection/appended.jsonl?op=APPEND&namenoderpcaddress=localhost:%d&user.name=%s"
                        .formatted(hdfs.dataNodePorts().get(2), PORTS.hdfs(), System.getProperty("user.name"));

        HttpResponse<String> refused = post(url, "User-Agent", BROWSER);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(LocalServersIT.get(PORTS.webHdfsUrl() + "/protection/appended.jsonl?op=OPEN"))
                .isEqualTo(EVENT);

        HttpResponse<String> accepted = post(url, "User-Agent", BROWSER, "X-XSRF-HEADER", "any");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
        assertThat(LocalServersIT.get(PORTS.webHdfsUrl() + "/protection/appended.jsonl?op=OPEN"))
                .isEqualTo(EVENT + ADDED);
    }

    /** A request without a body needs no CORS preflight either. */
    @Test
    void elasticsearch_rejectsAChangeRequestedByAWebPage() throws Exception {
        ElasticsearchProbe elasticsearch = new ElasticsearchProbe(PORTS.elasticsearchUrl());
        elasticsearch.request("PUT", "/protection", "");

        for (String origin : List.of("https://evil.example", "http://localhost:8080", "null")) {
            assertThat(close(HttpRequest.newBuilder().header("Origin", origin)).statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(elasticsearch.send("POST", "/protection/_doc", EVENT).statusCode())
                .isEqualTo(201);

        assertThat(close(HttpRequest.newBuilder()).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<String> close(HttpRequest.Builder request) throws Exception {
        return HTTP.send(
                request.uri(URI.create(PORTS.elasticsearchUrl() + "/protection/_close"))
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String url, String... headers) throws Exception {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url))
                        .headers(headers)
                        .POST(HttpRequest.BodyPublishers.ofString(ADDED))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
