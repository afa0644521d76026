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
 * Gives each payment a verdict, and those that need a look an alert with its reasons. Payments have their card as key, so that a
 * card's are in one partition: there is one history a card, kept in memory and in a changelog.
 */
public final class CardsTopology implements Supplier<Topology> {
    static final String STORE = "cards";
    static final String VERDICTS = "verdicts";
    static final String ALERTS = "alerts";
    static final String LETTERS = "dead-letters";

    /** Names the flow in dead letters. */
    static final String NAME = "card-payments";

    private final Options options;
    private final ActiveModels models;
    private final CardMeters meters;
    private final DeadLetterSender letters;
    private final Clock clock;

    /**
     * How it is set.
     *
     * @param payments the topic they come in
     * @param verdicts the topic of what is said of each
     * @param alerts the topic of those to be looked into
     * @param rules which hold whatever the model says
     * @param mostCards how many cards each partition may know
     * @param forgetAfter how long a card may not be used before it is forgotten, by the newest payment
     */
    public record Options(
            String payments, String verdicts, String alerts, Rule.Limits rules, long mostCards, Duration forgetAfter) {}

    /** Takes what the tasks share. */
    public CardsTopology(
            Options options, ActiveModels models, CardMeters meters, DeadLetterSender letters, Clock clock) {
        this.options = options;
        this.models = models;
        this.meters = meters;
        this.letters = letters;
        this.clock = clock;
    }

    /** Makes it. */
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
                .addProcessor(NAME, () -> new CardProcessor(options, models, meters, letters, clock), "payments")
                .addStateStore(cards, NAME)
                .addSink(VERDICTS, options.verdicts(), out, out, NAME)
                .addSink(ALERTS, options.alerts(), out, out, NAME)
                .addSink(LETTERS, letters.topic(), out, out, NAME);
    }
}
