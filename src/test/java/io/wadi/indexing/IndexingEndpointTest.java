package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.indexing.bulk.BulkClient;
import io.wadi.indexing.client.BulkComponent;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.service.ServiceHelper;
import org.junit.jupiter.api.Test;

/** Endpoint options that are outside the ranges of the settings, or have no effect. */
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

    @Test
    void timeField_thatHasNoEffect_isRefused() {
        IndexingEndpoint endpoint = endpoint();
        endpoint.setTimeField("when");

        assertThatIllegalArgumentException()
                .isThrownBy(endpoint::createProducer)
                .withMessage(
                        "indexing:bulk: timeField=when (wadi.indexing.time-field) has no effect with index events: remove"
                                + " it, or set an index by day or month, such as events-{yyyy.MM.dd}, or"
                                + " addTimestamp=true (wadi.indexing.add-timestamp)");
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

    /** A reload of route files creates producers, which reject invalid options, and starts none. */
    @Test
    void producerThatWasNotStarted_closesItsClient() throws Exception {
        AtomicBoolean isClosed = new AtomicBoolean();
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            AsyncProducer requests = new DefaultAsyncProducer(context.getEndpoint("mock:bulk")) {
                @Override
                public boolean process(Exchange exchange, AsyncCallback callback) {
                    throw new UnsupportedOperationException("nothing is sent");
                }

                @Override
                protected void doStop() {
                    isClosed.set(true);
                }
            };
            PreparedIndex index = new PreparedIndex(() -> {
                throw new UnsupportedOperationException("the index is not opened");
            });

            ServiceHelper.stopAndShutdownService(
                    new IndexingProducer(endpoint(), new BulkClient(requests), index, routeId -> null));
        }
        assertThat(isClosed).isTrue();
    }
}
