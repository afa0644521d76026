package io.wadi.extension.cards.flow;

import io.wadi.extension.cards.Rule;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The topology that publishes a decision for each payment, and an alert with reasons for each payment to review.
 * Payments are keyed by card, so that each card has one history, which is kept in memory and in a changelog topic.
 */
public record CardsTopology(
        Options options, ActiveModels models, CardMeters meters, DeadLetterSender deadLetters, Clock clock)
        implements Supplier<Topology> {
    static final String STORE = "cards";
    static final String DECISIONS = "decisions";
    static final String ALERTS = "alerts";
    static final String DEAD_LETTERS = "dead-letters";

    /** The route id in dead letters. */
    static final String NAME = "card-payments";

    /**
     * The options of the topology.
     *
     * @param payments the input topic
     * @param decisions the output topic of decisions
     * @param alerts the output topic of payments to review
     * @param rules evaluated independently of the model
     * @param clockSkew how far the time of a payment may be ahead of the wall clock
     * @param maxCards maximum number of card histories per partition
     * @param cardTtl time without payments, in event time, after which a history is removed
     */
    public record Options(
            String payments,
            String decisions,
            String alerts,
            Rule.Limits rules,
            Duration clockSkew,
            long maxCards,
            Duration cardTtl) {}

    @Override
    public Topology get() {
        StoreBuilder<KeyValueStore<String, byte[]>> cards = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        ByteArraySerializer out = new ByteArraySerializer();
        return new Topology()
                .addSource("payments", in, in, options.payments())
                .addProcessor(NAME, () -> new CardProcessor(this), "payments")
                .addStateStore(cards, NAME)
                .addSink(DECISIONS, options.decisions(), out, out, NAME)
                .addSink(ALERTS, options.alerts(), out, out, NAME)
                .addSink(DEAD_LETTERS, deadLetters.topic(), out, out, NAME);
    }
}
