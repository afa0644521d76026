package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology that evaluates the rules for each document and publishes state changes. State is kept per host and
 * partition, in memory and in a changelog topic, so all documents of a host must be in the same partition number of
 * their topics.
 */
public record AlertsTopology(
        Options options,
        ActiveRules rules,
        NoDataClocks noDataClocks,
        AlertMeters meters,
        DeadLetterSender deadLetters,
        Clock clock) {
    static final String STORE = "hosts";
    static final String CHANGES = "changes";
    static final String DEAD_LETTERS = "dead-letters";

    /** The route id in dead letters. */
    static final String NAME = "alerts";

    /**
     * The options of the topology.
     *
     * @param topics the input topics of documents
     * @param changes the output topic of state changes
     * @param clockSkew how far the timestamp of a document may be ahead of the wall clock
     * @param maxHosts maximum number of hosts per partition
     * @param hostTtl time without documents after which a host's state is removed
     */
    public record Options(List<String> topics, String changes, Duration clockSkew, int maxHosts, Duration hostTtl) {}

    public Topology make() {
        StoreBuilder<KeyValueStore<String, byte[]>> hosts = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(Map.of());
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return new Topology()
                .addSource("documents", in, in, options.topics().toArray(String[]::new))
                .addProcessor(NAME, () -> new AlertProcessor(this), "documents")
                .addStateStore(hosts, NAME)
                .addSink(CHANGES, options.changes(), out, out, NAME)
                .addSink(DEAD_LETTERS, deadLetters.topic(), out, out, NAME);
    }
}
