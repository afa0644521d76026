package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import io.wadi.kafka.records.Masking;
import io.wadi.management.TopicView;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.TestServers;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Documents for the management page, from real Elasticsearch. */
class IndexedDocumentsIT {
    private static final String URL = TestServers.shared().ports().elasticsearchUrl();
    private static final ElasticsearchProbe PROBE = new ElasticsearchProbe(URL);

    @AutoClose
    private final IndexedDocuments documents = new IndexedDocuments(
            new DefaultCamelContext(),
            new ElasticsearchConnection(new ElasticsearchOptions(List.of(URL), "", "", "", "", Duration.ofSeconds(10))),
            Masking.NONE);

    @Test
    void document_isFoundBehindAnAliasOfOneIndex() throws Exception {
        PROBE.request("PUT", "/found-1", "{\"aliases\":{\"found\":{}}}");
        PROBE.send("PUT", "/found-1/_create/t%2B0%2B1", "{\"color\":\"red\"}");

        TopicView.Document document = documents.find("found", "t+0+1").orElseThrow();

        assertThat(document.url()).isEqualTo(URL + "/found/_doc/t%2B0%2B1");
        assertThat(document.source()).hasToString("{\"color\":\"red\"}");
        assertThat(documents.find("found", "t+0+2")).isEmpty();
        assertThat(documents.find("found-2", "t+0+1")).isEmpty();
    }

    /** The state after a rollover; a data stream has several indices, too. */
    @Test
    void document_isFoundInEachIndexBehindAnAlias() throws Exception {
        PROBE.request("PUT", "/rolled-1", "{\"aliases\":{\"rolled\":{}}}");
        PROBE.request("PUT", "/rolled-2", "{\"aliases\":{\"rolled\":{\"is_write_index\":true}}}");
        PROBE.send("PUT", "/rolled-1/_create/t%2B0%2B1", "{\"color\":\"red\"}");
        PROBE.send("PUT", "/rolled-2/_create/t%2B0%2B2", "{\"color\":\"green\"}");

        assertThat(documents.find("rolled", "t+0+1")).hasValueSatisfying(document -> {
            assertThat(document.url()).isEqualTo(URL + "/rolled-1/_doc/t%2B0%2B1");
            assertThat(document.source()).hasToString("{\"color\":\"red\"}");
        });
        assertThat(documents.find("rolled", "t+0+2"))
                .hasValueSatisfying(document -> assertThat(document.source()).hasToString("{\"color\":\"green\"}"));
        assertThat(documents.find("rolled", "t+0+3")).isEmpty();
    }
}
