package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.indexing.ElasticsearchConnection;
import io.wadi.indexing.ElasticsearchOptions;
import io.wadi.indexing.IndexedDocuments;
import io.wadi.indexing.IndexingComponent;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.util.List;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.component.es.ElasticsearchComponent;
import org.apache.camel.spi.Registry;

/** Puts indexing together from its settings. */
final class IndexingParts {
    private final Settings settings;
    private final ElasticsearchConnection elasticsearch;

    /**
     * Connects to nothing.
     *
     * @throws SettingsException with what is wrong with the way to Elasticsearch
     */
    IndexingParts(Settings settings) {
        this.settings = settings;
        try {
            this.elasticsearch = new ElasticsearchConnection(new ElasticsearchOptions(
                    get(WadiSettings.ELASTICSEARCH_HOSTS),
                    get(WadiSettings.ELASTICSEARCH_USER),
                    get(WadiSettings.ELASTICSEARCH_PASSWORD),
                    get(WadiSettings.ELASTICSEARCH_API_KEY),
                    get(WadiSettings.ELASTICSEARCH_CA_FILE),
                    get(WadiSettings.ELASTICSEARCH_ANSWER_WITHIN)));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    /** Binds the components that the indexing routes name. */
    void bind(Registry registry, DeadLetters deadLetters, MeterRegistry meters) {
        registry.bind("elasticsearch", Component.class, (Supplier<Object>) this::requests);
        registry.bind("wadi-elasticsearch", elasticsearch);
        registry.bind(
                "indexing",
                Component.class,
                new IndexingComponent(
                        deadLetters,
                        meters,
                        get(WadiSettings.INDEXING_REQUESTS).intValue(),
                        elasticsearch,
                        get(WadiSettings.INDEXING_SETUP)));
    }

    /** Made when a route asks for it. Its client is closed with the route. */
    private ElasticsearchComponent requests() {
        ElasticsearchComponent component = new ElasticsearchComponent();
        component.setClient(elasticsearch.newClient());
        return component;
    }

    /** Where a browser finds Elasticsearch. */
    String url() {
        return elasticsearch.url();
    }

    /** Finds documents for the page. To be closed. */
    IndexedDocuments documents() {
        return new IndexedDocuments(elasticsearch, get(WadiSettings.INDEXING_INDEX), OpsParts.masking(settings));
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
