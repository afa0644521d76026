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
 * Asks the rules about each document and tells the changes. A host's documents have to be in partitions of the same number,
 * whatever their topic: there is one state a host and partition number, kept in memory and in a changelog.
 */
public final class AlertsTopology {
    static final String STORE = "hosts";
    static final String CHANGES = "changes";
    static final String LETTERS = "dead-letters";

    /** Names the flow in dead letters. */
    static final String NAME = "alerts";

    private final Options options;
    private final ActiveRules rules;
    private final NoDataClocks silence;
    private final AlertMeters meters;
    private final DeadLetterSender letters;
    private final Clock clock;

    /**
     * How it is set.
     *
     * @param topics the documents
     * @param changes the topic that changes are told in
     * @param clockSkew how far a document's time may be ahead
     * @param mostHosts how many hosts each partition number may know
     * @param forgetAfter how long a host may be silent before it is forgotten
     */
    public record Options(
            List<String> topics, String changes, Duration clockSkew, int mostHosts, Duration forgetAfter) {}

    /** Takes what the tasks share. */
    public AlertsTopology(
            Options options,
            ActiveRules rules,
            NoDataClocks silence,
            AlertMeters meters,
            DeadLetterSender letters,
            Clock clock) {
        this.options = options;
        this.rules = rules;
        this.silence = silence;
        this.meters = meters;
        this.letters = letters;
        this.clock = clock;
    }

    /** Makes it. */
    public Topology make() {
        StoreBuilder<KeyValueStore<String, byte[]>> hosts = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingEnabled()
                .withLoggingEnabled(Map.of());
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return new Topology()
                .addSource("documents", in, in, options.topics().toArray(String[]::new))
                .addProcessor(
                        NAME, () -> new AlertProcessor(options, rules, silence, meters, letters, clock), "documents")
                .addStateStore(hosts, NAME)
                .addSink(CHANGES, options.changes(), out, out, NAME)
                .addSink(LETTERS, letters.topic(), out, out, NAME);
    }
}
