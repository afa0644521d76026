package io.wadi.indexing.client;

import java.io.IOException;
import org.elasticsearch.client.RestClient;

/** An Elasticsearch client that is created on first use, and again after {@link #close}. Thread-safe. */
public final class LazyRestClient implements AutoCloseable {
    private final ElasticsearchConnection elasticsearch;
    private RestClient client;

    public LazyRestClient(ElasticsearchConnection elasticsearch) {
        this.elasticsearch = elasticsearch;
    }

    public synchronized RestClient get() {
        if (client == null) {
            client = elasticsearch.newClient();
        }
        return client;
    }

    @Override
    public synchronized void close() throws IOException {
        if (client != null) {
            client.close();
            client = null;
        }
    }
}
