package io.wadi.indexing.client;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.es.ElasticsearchComponent;
import org.apache.camel.component.es.ElasticsearchConfiguration;
import org.apache.camel.component.es.ElasticsearchEndpoint;
import org.apache.camel.spi.annotations.Component;
import org.elasticsearch.client.RestClient;

/**
 * The Camel component {@code elasticsearch} with Wadi's connection. Each producer has its own client, because
 * camel-elasticsearch closes a producer's client when its route stops, and never opens it again.
 */
@Component("elasticsearch")
public final class BulkComponent extends ElasticsearchComponent {
    private final ElasticsearchConnection elasticsearch;

    /** Creates a component, which connects when a producer is created. */
    public BulkComponent(ElasticsearchConnection elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        // Camel's endpoint is created only for its configuration.
        Endpoint stock = super.createEndpoint(uri, remaining, new HashMap<>(parameters));
        Endpoint endpoint = new BulkEndpoint(uri, this, ((ElasticsearchEndpoint) stock).getConfiguration());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private static final class BulkEndpoint extends ElasticsearchEndpoint {
        private final BulkComponent component;

        BulkEndpoint(String uri, BulkComponent component, ElasticsearchConfiguration configuration) {
            super(uri, component, configuration, null);
            this.component = component;
        }

        /** Returns a new client; each producer calls this once. */
        @Override
        public RestClient getClient() {
            return component.elasticsearch.newClient();
        }
    }
}
