package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The health probe on real Elasticsearch: an error that pauses indexing is a fault, an invalid document is not. */
class IndexWriteProbeIT {
    private static final String URL = TestServers.shared().ports().elasticsearchUrl();
    private static final ElasticsearchProbe PROBE = new ElasticsearchProbe(URL);

    private static CheckResult check(String index) {
        ElasticsearchConnection connection = new ElasticsearchConnection(
                new ElasticsearchOptions(List.of(URL), "", "", "", "", Duration.ofSeconds(10)));
        try (IndexWriteProbe probe =
                new IndexWriteProbe(connection, () -> Set.of(index), () -> {}, Duration.ofSeconds(10))) {
            return probe.check();
        }
    }

    @Test
    void openIndex_isHealthy_andNothingIsWritten() throws Exception {
        PROBE.request("PUT", "/probe-open", "");

        CheckResult found = check("probe-open");

        assertThat(found.isFault()).as(found.message()).isFalse();
        assertThat(found.message()).startsWith("accepts documents for probe-open");
        PROBE.request("POST", "/probe-open/_refresh", "");
        assertThat(PROBE.ids("probe-open")).isEmpty();
    }

    @Test
    void aliasWithoutWriteIndex_isAFault() throws Exception {
        PROBE.request("PUT", "/probe-alias-1", "{\"aliases\":{\"probe-alias\":{}}}");
        PROBE.request("PUT", "/probe-alias-2", "{\"aliases\":{\"probe-alias\":{}}}");

        assertThat(check("probe-alias").isFault()).isTrue();
        assertThat(check("probe-alias").message()).contains("no write index is defined");
    }

    @Test
    void indexThatRequiresARouting_isAFault() throws Exception {
        PROBE.request("PUT", "/probe-routing", "{\"mappings\":{\"_routing\":{\"required\":true}}}");

        assertThat(check("probe-routing").isFault()).isTrue();
        assertThat(check("probe-routing").message()).contains("400 routing_missing_exception: routing is required");
    }

    @Test
    void closedIndexAndReadOnlyIndex_areFaults() throws Exception {
        PROBE.request("PUT", "/probe-closed", "");
        PROBE.request("POST", "/probe-closed/_close", "");
        PROBE.request("PUT", "/probe-read-only", "{\"settings\":{\"index.blocks.write\":true}}");

        assertThat(check("probe-closed").isFault()).isTrue();
        assertThat(check("probe-closed").message()).contains("index_closed_exception");
        assertThat(check("probe-read-only").isFault()).isTrue();
        assertThat(check("probe-read-only").message()).contains("cluster_block_exception");
    }
}
