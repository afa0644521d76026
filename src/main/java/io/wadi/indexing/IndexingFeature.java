package io.wadi.indexing;

import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.kafka.records.Masking;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.ServerCheck;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Component;
import org.apache.camel.component.es.ElasticsearchComponent;

/** Indexing in Elasticsearch: the components that its routes name, its health check, and what the page shows of documents. */
public final class IndexingFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return Stream.concat(IndexingSettings.ALL.stream(), ElasticsearchSettings.ALL.stream())
                .toList();
    }

    @Override
    public void bind(FeatureContext context) {
        ElasticsearchConnection elasticsearch = ElasticsearchConnection.of(context.settings());
        context.camel().getRegistry().bind("elasticsearch", Component.class, (Supplier<Object>)
                () -> requests(elasticsearch));
        context.bindBean("wadi-elasticsearch", elasticsearch);
        IndexingComponent indexing = new IndexingComponent(
                context.deadLetters(),
                context.meters(),
                context.get(IndexingSettings.MAX_REQUESTS).intValue(),
                elasticsearch,
                context.get(IndexingSettings.SETUP));
        context.bind("indexing", indexing);
        context.checkWith(
                IndexingEndpoint.class,
                "elasticsearch",
                false,
                () -> List.of(new ServerCheck(
                        "wadi-elasticsearch",
                        Use.NONE,
                        "Elasticsearch " + String.join(",", context.get(ElasticsearchSettings.HOSTS)),
                        "indexing waits, and Kafka keeps the events; it goes on by itself once documents are taken",
                        indexing.probe(Clock.systemUTC(), context.patience().answerWithin()))));
        context.bindBean(
                "indexed-documents",
                context.closing(new IndexedDocuments(
                        context.camel(),
                        elasticsearch,
                        context.get(IndexingSettings.INDEX),
                        Masking.of(context.get(WadiSettings.MANAGEMENT_MASKED_FIELDS)))));
    }

    /** Made when a route asks for it. Its client is closed with the route. */
    private static ElasticsearchComponent requests(ElasticsearchConnection elasticsearch) {
        ElasticsearchComponent component = new ElasticsearchComponent();
        component.setClient(elasticsearch.newClient());
        return component;
    }
}
