package io.wadi.indexing;

import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.document.DocumentId;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.kafka.targets.RecordTarget;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The index as a target of records: that of this process' indexing routes, else of the settings. A document's index and
 * id are computed from its record; Elasticsearch is not asked.
 */
final class IndexedTarget implements RecordTarget {
    private final CamelContext routes;
    private final Destination configured;
    private final ElasticsearchAdmin elasticsearch;

    /** Where the settings index which topic, under which group, and the field of a document's time. */
    record Destination(String topic, String group, String index, String timeField) {}

    IndexedTarget(CamelContext routes, Destination configured, ElasticsearchAdmin elasticsearch) {
        this.routes = routes;
        this.configured = configured;
        this.elasticsearch = elasticsearch;
    }

    @Override
    public String name() {
        return "indexed";
    }

    @Override
    public Optional<String> group(String topic) {
        return destination(topic).map(Destination::group);
    }

    private Optional<Destination> destination(String topic) {
        return ConsumingRoutes.find(routes, topic, IndexingEndpoint.class)
                .map(route -> route.target().destination(topic, route.group()))
                .or(() -> configured.topic().equals(topic) ? Optional.of(configured) : Optional.empty());
    }

    /** A record without a value is no document. */
    @Override
    public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) {
        if (arrived.value() == null) {
            return Optional.empty();
        }
        return destination(arrived.topic()).map(destination -> {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("index", index(destination, arrived));
            fields.put("id", DocumentId.of(arrived));
            return fields;
        });
    }

    private static String index(Destination destination, ConsumerRecord<byte[], byte[]> arrived) {
        IndexName index = IndexName.of(destination.index());
        return index.at(
                index.isDated() ? new EventTime(destination.timeField()).millis(arrived, arrived.value()) : 0);
    }

    /** Indexing has no record of expired offsets: they are missing in the index without a trace. */
    @Override
    public List<Range> expired(TopicPartition partition) {
        return List.of();
    }

    @Override
    public void refresh(String topic) throws IOException {
        Optional<Destination> destination = destination(topic);
        if (destination.isPresent()) {
            elasticsearch.post("/" + IndexName.of(destination.get().index()).all() + "/_refresh", "");
        }
    }
}
