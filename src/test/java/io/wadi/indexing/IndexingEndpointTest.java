package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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
}
