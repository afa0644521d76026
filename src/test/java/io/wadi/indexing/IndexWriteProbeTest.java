package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class IndexWriteProbeTest {
    private final AtomicInteger outages = new AtomicInteger();

    private IndexWriteProbe probe(ElasticsearchConnection connection) {
        return new IndexWriteProbe(connection, () -> Set.of("events"), outages::incrementAndGet, Duration.ofSeconds(5));
    }

    @Test
    void missingResponse_isAnOutage() {
        ElasticsearchConnection nowhere = new ElasticsearchConnection(
                new ElasticsearchOptions(List.of("127.0.0.1:1"), "", "", "", "", Duration.ofSeconds(5)));
        try (IndexWriteProbe probe = probe(nowhere)) {
            assertThat(probe.check().isFault()).isTrue();
        }

        assertThat(outages).hasValue(1);
    }

    /** A followed redirect would send the credentials to a server of the first server's choice. */
    @Test
    void redirect_isNotFollowed() throws Exception {
        AtomicInteger followed = new AtomicInteger();
        HttpServer listener = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        String own = "localhost:" + listener.getAddress().getPort();
        listener.createContext("/elsewhere", exchange -> {
            followed.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        listener.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", "http://" + own + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        listener.start();
        ElasticsearchConnection connection = new ElasticsearchConnection(
                new ElasticsearchOptions(List.of(own), "", "", "aWQ6a2V5", "", Duration.ofSeconds(5)));
        try (IndexWriteProbe probe = probe(connection)) {
            assertThat(probe.check().isFault()).isTrue();
            assertThat(followed).hasValue(0);
            assertThat(outages).as("it has responded").hasValue(0);
        } finally {
            listener.stop(0);
        }
    }
}
