package io.wadi.indexing.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
    /** The options of the connection, which {@code wadi.elasticsearch.*} sets. */
    private static final Set<String> CONNECTION = Set.of(
            "hostaddresses",
            "user",
            "password",
            "certificatepath",
            "enablessl",
            "connectiontimeout",
            "sockettimeout",
            "maxretrytimeout",
            "enablesniffer",
            "snifferinterval",
            "sniffafterfailuredelay");

    private final ElasticsearchConnection elasticsearch;

    /** Creates a component, which connects when a producer is created. */
    public BulkComponent(ElasticsearchConnection elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        for (String option : parameters.keySet()) {
            if (CONNECTION.contains(option.replace("-", "").toLowerCase(Locale.ROOT))) {
                throw withoutEffect(remaining, "option " + option);
            }
        }
        if (getHostAddresses() != null) {
            throw withoutEffect(remaining, "camel.component.elasticsearch.host-addresses");
        }
        // Camel's endpoint is created only for its configuration.
        Endpoint stock = super.createEndpoint(uri, remaining, new HashMap<>(parameters));
        Endpoint endpoint = new BulkEndpoint(uri, this, ((ElasticsearchEndpoint) stock).getConfiguration());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    /** Otherwise documents would be sent to another cluster than the route names. */
    private static IllegalArgumentException withoutEffect(String name, String option) {
        return new IllegalArgumentException(
                "elasticsearch:%s: %s has no effect: expected the settings wadi.elasticsearch.*"
                        .formatted(name, option));
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
