package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.testing.RedirectingServer;
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
        try (RedirectingServer server = new RedirectingServer();
                IndexWriteProbe probe = probe(new ElasticsearchConnection(new ElasticsearchOptions(
                        List.of(server.hostAndPort()), "", "", "aWQ6a2V5", "", Duration.ofSeconds(5))))) {
            assertThat(probe.check().isFault()).isTrue();
            assertThat(server.followed()).isZero();
            assertThat(outages).as("it has responded").hasValue(0);
        }
    }
}
