package io.wadi.indexing;

import io.wadi.config.Units;
import java.time.Duration;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** Where records are indexed and how many at a time. The body it is sent is a {@link io.wadi.kafka.Run}. */
public final class IndexingEndpoint extends DefaultEndpoint {
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(5);

    private final IndexingComponent component;
    private final String route;
    private String index = "";
    private int bulkDocuments = 2000;
    private String bulkBytes = "5MiB";

    IndexingEndpoint(String uri, IndexingComponent component, String route) {
        super(uri, component);
        this.component = component;
        this.route = route;
    }

    /** The index, alias or data stream. */
    public void setIndex(String index) {
        this.index = index;
    }

    /** Documents in one request at most. */
    public void setBulkDocuments(int bulkDocuments) {
        this.bulkDocuments = bulkDocuments;
    }

    /** Bytes of documents in one request at most, such as {@code 5MiB}; a larger document goes alone. */
    public void setBulkBytes(String bulkBytes) {
        this.bulkBytes = bulkBytes;
    }

    @Override
    public Producer createProducer() throws Exception {
        if (index.isBlank()) {
            throw new IllegalArgumentException(getEndpointUri() + ": parameter index is missing");
        }
        Endpoint outlet = getCamelContext().getEndpoint("direct:" + route);
        AsyncProducer requests = outlet.createAsyncProducer();
        return new IndexingProducer(
                this,
                requests,
                (routeId, transport) -> new Indexing(
                        routeId,
                        new Documents(index),
                        new BulkSender.Outlet(
                                component.slots(),
                                transport,
                                bulkDocuments,
                                Units.bytes(bulkBytes),
                                FINISH_WITHIN,
                                System::nanoTime),
                        component.deadLetters(),
                        component.meters()));
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("indexing: can be sent to, not consumed from");
    }
}
