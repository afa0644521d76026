package io.wadi.indexing;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.bulk.StoredOrigins;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.setup.IndexOrigins;
import io.wadi.indexing.setup.IndexSetup;
import io.wadi.indexing.setup.SetupFiles;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.runtime.health.Prober;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Endpoint;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code indexing:route}: indexes each {@link io.wadi.kafka.RecordBatch} it receives through a
 * route that accepts {@code _bulk} requests and returns their items, like camel-elasticsearch.
 */
public class IndexingComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;
    private final RequestSlots slots;
    private final ElasticsearchConnection elasticsearch;
    private final String setupDirectory;
    private final Function<String, Optional<TopicIdentity>> identities;
    private final StoredOrigins origins;
    private IndexSetup setup;

    /**
     * Creates a component.
     *
     * @param requests maximum number of concurrent requests in this process
     * @param setupDirectory templates and policies to install; if the default one does not exist, the bundled ones
     * @param identities returns a topic's identity; empty if the cluster's topics have none
     */
    public IndexingComponent(
            DeadLetterSender deadLetters,
            MeterRegistry meters,
            int requests,
            ElasticsearchConnection elasticsearch,
            String setupDirectory,
            Function<String, Optional<TopicIdentity>> identities) {
        this.elasticsearch = elasticsearch;
        this.origins = new StoredOrigins(elasticsearch);
        this.setupDirectory = setupDirectory;
        this.identities = identities;
        this.deadLetters = deadLetters;
        this.slots = new RequestSlots(requests);
        Gauge.builder("wadi.indexing.inflight.requests", slots, RequestSlots::taken)
                .description("Requests to Elasticsearch in flight")
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

    IndexSetup setup() {
        return setup;
    }

    /**
     * Returns a probe of writes to the indices of all endpoints, with a timeout for each response. Requires an
     * initialized component.
     */
    public Prober.Probe probe(Duration within) {
        return new IndexWriteProbe(elasticsearch, () -> setup.writtenTo(Instant.now()), setup::repeat, within);
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        ElasticsearchAdmin admin = new ElasticsearchAdmin(elasticsearch);
        setup = new IndexSetup(SetupFiles.read(setupDirectory), admin, new IndexOrigins(admin, identities));
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
