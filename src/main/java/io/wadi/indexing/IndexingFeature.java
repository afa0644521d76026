package io.wadi.indexing;

import io.wadi.indexing.client.BulkComponent;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.client.ElasticsearchSettings;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.topics.TopicIdentities;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.ServerCheck;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.camel.Component;

/** Registers the indexing components, the health check of Elasticsearch and the page's view of documents. */
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
                () -> new BulkComponent(elasticsearch));
        context.bindBean("wadi-elasticsearch", elasticsearch);
        IndexingComponent indexing = new IndexingComponent(
                context.deadLetters(),
                context.meters(),
                context.get(IndexingSettings.MAX_REQUESTS).intValue(),
                elasticsearch,
                context.get(IndexingSettings.SETUP),
                context.closing(new TopicIdentities(context.kafka()::adminProperties))::of);
        context.bind("indexing", indexing);
        context.checkWith(
                IndexingEndpoint.class,
                "elasticsearch",
                false,
                () -> List.of(new ServerCheck(
                        "wadi-elasticsearch",
                        Use.NONE,
                        "Elasticsearch " + String.join(",", context.get(ElasticsearchSettings.HOSTS)),
                        "indexing pauses while Kafka retains the events, and resumes automatically once Elasticsearch accepts documents",
                        indexing.probe(context.healthThresholds().answerWithin()))));
        context.bindBean(
                "indexed-target",
                context.closing(IndexedTarget.of(
                        context.camel(), context.settings(), elasticsearch, context.kafka()::adminProperties)));
        context.bindBean(
                "indexed-documents",
                context.closing(new IndexedDocuments(
                        context.camel(),
                        elasticsearch,
                        Masking.of(context.get(WadiSettings.MANAGEMENT_MASKED_FIELDS)))));
    }
}
