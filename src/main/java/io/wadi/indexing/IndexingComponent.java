package io.wadi.indexing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.bulk.StoredOrigins;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.setup.IndexSetup;
import io.wadi.indexing.setup.SetupFiles;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Endpoint;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code indexing:route}: indexes the {@link io.wadi.kafka.RecordBatch runs} it is sent through a route
 * that takes {@code _bulk} requests and answers with their items, as camel-elasticsearch does.
 */
public class IndexingComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;
    private final RequestSlots slots;
    private final ElasticsearchConnection elasticsearch;
    private final String setupDirectory;
    private final StoredOrigins origins;
    private IndexSetup setup;

    /**
     * Takes the writer of dead letters, the registry of meters, the maximum number of concurrent requests in this process, and
     * the directory of templates and policies to install; without one the jar's own.
     */
    public IndexingComponent(
            DeadLetterSender deadLetters,
            MeterRegistry meters,
            int requests,
            ElasticsearchConnection elasticsearch,
            String setupDirectory) {
        super();
        this.elasticsearch = elasticsearch;
        this.origins = new StoredOrigins(elasticsearch);
        this.setupDirectory = setupDirectory;
        this.deadLetters = deadLetters;
        this.slots = new RequestSlots(requests);
        Gauge.builder("wadi.indexing.inflight.requests", slots, RequestSlots::taken)
                .description("Requests to Elasticsearch that have no answer yet")
                .register(meters);
    }

    DeadLetterSender deadLetters() {
        return deadLetters;
    }

    RequestSlots slots() {
        return slots;
    }

    StoredOrigins origins() {
        return origins;
    }

    /** Prepares the index; the supplier returns why it is not ready yet, or null. */
    Supplier<String> prepare(IndexName index) {
        setup.add(index);
        return () -> setup.obstacle(index);
    }

    /**
     * Asks Elasticsearch whether it takes documents for the indices that the endpoints write to, each answer within this time.
     * Only once this component is initialized.
     */
    public Prober.Probe probe(Clock clock, Duration within) {
        return new IndexWriteProbe(elasticsearch, () -> setup.writtenTo(clock.instant()), within);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        setup = new IndexSetup(SetupFiles.read(setupDirectory), new ElasticsearchAdmin(elasticsearch));
        HealthCheckRegistry health = HealthCheckRegistry.get(getCamelContext());
        if (health != null) {
            health.register(setup);
        }
    }

    @Override
    protected void doShutdown() throws Exception {
        setup.close();
        origins.close();
        super.doShutdown();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        IndexingEndpoint endpoint = new IndexingEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
