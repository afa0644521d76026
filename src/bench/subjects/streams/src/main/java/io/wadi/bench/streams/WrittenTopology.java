package io.wadi.bench.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.bench.subject.Job;
import io.wadi.bench.subject.TopologySubject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;

/**
 * The topologies written in Java with the DSL of Kafka Streams: JSON as Jackson's trees, with Wadi's settings of Kafka
 * Streams. State is in memory or, with the job's setting {@code rocksdb}, in the default store.
 */
public final class WrittenTopology extends TopologySubject {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Serde<JsonNode> JSON = Serdes.serdeFrom(
            (topic, tree) -> {
                try {
                    return MAPPER.writeValueAsBytes(tree);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            },
            (topic, bytes) -> {
                try {
                    return MAPPER.readTree(bytes);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

    /** Called by reflection. */
    public WrittenTopology() {
        super();
    }

    @Override
    protected AutoCloseable start(Job job) {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, JsonNode> events = builder.stream(job.topic(), Consumed.with(Serdes.String(), JSON));
        switch (job.setting("flow")) {
            case "filter" -> filter(events).to(job.directory(), Produced.with(Serdes.String(), JSON));
            case "count" -> count(events).to(job.directory(), Produced.with(Serdes.String(), JSON));
            default ->
                events.groupByKey(Grouped.with(Serdes.String(), JSON))
                        .count()
                        .toStream()
                        .mapValues(String::valueOf)
                        .to(job.directory(), Produced.with(Serdes.String(), Serdes.String()));
        }
        KafkaStreams streams = new KafkaStreams(builder.build(), settings(job));
        streams.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        // As in Wadi: by default, a closed consumer remains a member of its group until its session times out.
        return () -> streams.close(CloseOptions.groupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
    }

    private static KStream<String, JsonNode> filter(KStream<String, JsonNode> events) {
        return events.filter((user, event) -> !event.path("colorName").asText().equals("red"))
                .mapValues(event -> object().<ObjectNode>set("colour", event.get("colorName"))
                        .set("user", event.get("userName")));
    }

    private static KStream<String, JsonNode> count(KStream<String, JsonNode> events) {
        // Only the grouping key goes through the repartition topic.
        return events.map((key, event) -> KeyValue.pair(event.get("userName").asText(), new byte[0]))
                .groupByKey(Grouped.with(Serdes.String(), Serdes.ByteArray()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(10), Duration.ofMinutes(1)))
                .count(Materialized.with(Serdes.String(), Serdes.Long()))
                .toStream()
                .map((user, count) -> KeyValue.pair(
                        user.key(),
                        object().put("user", user.key())
                                .put("from", user.window().start())
                                .put("count", count)));
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static Properties settings(Job job) {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, job.group());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, job.brokers());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, job.setting("state-directory"));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
        settings.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
        if (!job.settings().containsKey("rocksdb")) {
            settings.put(
                    StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                    BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        }
        return settings;
    }
}
