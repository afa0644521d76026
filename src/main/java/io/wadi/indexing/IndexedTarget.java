package io.wadi.indexing;

import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.ElasticsearchConnection;
import io.wadi.indexing.document.DocumentId;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.kafka.AdminOnDemand;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.Causes;
import io.wadi.kafka.targets.ConsumingRoutes;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.runtime.config.Settings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The record target of indexed documents, in the indices of this process's indexing routes, or of the settings for
 * topics without such a route. A document's index and id are computed from its record, without a request to
 * Elasticsearch.
 */
public final class IndexedTarget implements RecordTarget, AutoCloseable {
    private final CamelContext routes;
    private final Destination configured;
    private final ElasticsearchAdmin elasticsearch;
    private final AdminOnDemand admin;

    /** A topic, the group that indexes it, its index, and the field with a document's time. */
    record Destination(String topic, String group, String index, String timeField) {}

    private IndexedTarget(
            CamelContext routes, Destination configured, ElasticsearchAdmin elasticsearch, Supplier<Properties> kafka) {
        this.routes = routes;
        this.configured = configured;
        this.elasticsearch = elasticsearch;
        this.admin = new AdminOnDemand(kafka);
    }

    /**
     * Creates the target for the indexing routes of a context, if it has any; does not connect.
     *
     * @param kafka the settings of an admin client
     */
    public static IndexedTarget of(
            CamelContext routes, Settings settings, ElasticsearchConnection elasticsearch, Supplier<Properties> kafka) {
        return new IndexedTarget(
                routes,
                new Destination(
                        settings.get(IndexingSettings.TOPIC),
                        settings.get(IndexingSettings.GROUP),
                        settings.get(IndexingSettings.INDEX),
                        settings.get(IndexingSettings.TIME_FIELD)),
                new ElasticsearchAdmin(elasticsearch),
                kafka);
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

    /**
     * Returns the index and the id of a record's document; empty if the record cannot be a document, since it has no
     * value, or its timestamp is too late for the name of a dated index.
     */
    @Override
    public Optional<Map<String, Object>> find(ConsumerRecord<byte[], byte[]> arrived) {
        if (arrived.value() == null) {
            return Optional.empty();
        }
        try {
            return destination(arrived.topic()).map(destination -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                fields.put("index", index(destination, arrived));
                fields.put("id", DocumentId.of(arrived));
                return fields;
            });
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String index(Destination destination, ConsumerRecord<byte[], byte[]> arrived) {
        IndexName index = IndexName.of(destination.index());
        return index.at(index.isDated() ? new EventTime(destination.timeField()).millis(arrived, arrived.value()) : 0);
    }

    /** Returns the ranges of the committed metadata; a tool that resets the offset clears them. */
    @Override
    public List<Range> expired(TopicPartition partition) throws IOException {
        Optional<String> group = group(partition.topic());
        if (group.isEmpty()) {
            return List.of();
        }
        try {
            return AdminRequests.committedMetadata(admin.get(), group.get(), partition)
                    .map(ExpiredRanges::parse)
                    .orElse(List.of());
        } catch (KafkaException e) {
            throw new IOException(
                    "reading the committed offset of %s failed: %s".formatted(partition, Causes.inShort(e)), e);
        }
    }

    /** Refreshes the index. It may be missing: an index or data stream can begin with the first document. */
    @Override
    public void refresh(String topic) throws IOException {
        Optional<Destination> destination = destination(topic);
        if (destination.isPresent()) {
            String index = "/" + IndexName.of(destination.get().index()).all();
            if (elasticsearch.get(index + "/_settings/index.uuid").isPresent()) {
                elasticsearch.post(index + "/_refresh", "");
            }
        }
    }

    @Override
    public void close() throws IOException {
        elasticsearch.close();
        admin.close();
    }
}
