package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.indexing.client.BulkComponent;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import java.time.Duration;
import java.util.List;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

/** Endpoint options outside the ranges of the settings. */
final class IndexingEndpointTest {
    private static IndexingEndpoint endpoint() {
        IndexingEndpoint endpoint = new IndexingEndpoint("indexing:bulk", null, "bulk");
        endpoint.setIndex("events");
        return endpoint;
    }

    @Test
    void bulkDocuments_outOfRange_areRefused() {
        IndexingEndpoint none = endpoint();
        none.setBulkDocuments(0);

        assertThatIllegalArgumentException()
                .isThrownBy(none::createProducer)
                .withMessageContaining("bulkDocuments")
                .withMessageContaining("from 1 to 100000");
    }

    @Test
    void bulkBytes_outOfRangeOrWithoutASize_areRefused() {
        for (String bytes : new String[] {"1GiB", "0B", "some"}) {
            IndexingEndpoint endpoint = endpoint();
            endpoint.setBulkBytes(bytes);

            assertThatIllegalArgumentException()
                    .isThrownBy(endpoint::createProducer)
                    .withMessageContaining("bulkBytes")
                    .withMessageContaining("from 1KiB to 90MiB");
        }
    }

    /** The documents would be sent to the cluster of the settings. */
    @Test
    void connectionOfARequest_isThatOfTheSettings() throws Exception {
        ElasticsearchOptions options =
                new ElasticsearchOptions(List.of("localhost:1"), "", "", "", "", Duration.ofSeconds(1));
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.addComponent("elasticsearch", new BulkComponent(new ElasticsearchConnection(options)));

            assertThat(context.getEndpoint("elasticsearch:bulk?operation=Bulk")).isNotNull();
            for (String option : List.of("hostAddresses=other:9200", "enableSSL=true", "socketTimeout=5000")) {
                assertThatException()
                        .isThrownBy(() -> context.getEndpoint("elasticsearch:bulk?operation=Bulk&" + option))
                        .havingRootCause()
                        .withMessage("elasticsearch:bulk: option " + option.split("=", 2)[0]
                                + " has no effect: expected the settings wadi.elasticsearch.*");
            }
        }
    }
}
