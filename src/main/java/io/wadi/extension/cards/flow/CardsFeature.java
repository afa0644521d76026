package io.wadi.extension.cards.flow;

import io.wadi.extension.cards.CardsSettings;
import io.wadi.extension.cards.Rule;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.OutputTopics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.watch.Watcher;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;

/** The card payments feature: the topology behind the endpoint {@code streams:card-payments}. */
public final class CardsFeature implements Feature {
    @Override
    public List<Setting<?>> settings() {
        return CardsSettings.ALL;
    }

    /**
     * Binds the topology; opens no connection.
     *
     * @throws SettingsException if the directory of the models is not a valid path, or payments are read from an output
     */
    @Override
    public void bind(FeatureContext context) {
        checkTopics(context::get);
        ActiveModels models = new ActiveModels(ModelStore.of(context.settings(), context.hdfs()));
        context.bindBean(StreamsFlow.bean("card-payments"), flow(context, models));
    }

    static void checkTopics(Function<Setting<String>, String> settings) {
        OutputTopics.check(
                CardsSettings.TOPIC,
                List.of(settings.apply(CardsSettings.TOPIC)),
                List.of(CardsSettings.DECISIONS_TOPIC, CardsSettings.ALERTS_TOPIC, WadiSettings.DEAD_LETTERS_TOPIC),
                settings);
    }

    private static StreamsFlow flow(FeatureContext context, ActiveModels models) {
        DeadLetterSender deadLetters = context.deadLetters();
        CardsTopology topology = new CardsTopology(
                new CardsTopology.Options(
                        context.get(CardsSettings.TOPIC),
                        context.get(CardsSettings.DECISIONS_TOPIC),
                        context.get(CardsSettings.ALERTS_TOPIC),
                        limits(context),
                        context.get(CardsSettings.MAX_CLOCK_SKEW),
                        context.get(CardsSettings.MAX_CARDS),
                        context.get(CardsSettings.CARD_TTL)),
                models,
                new CardMeters(context.meters(), models),
                deadLetters,
                Clock.systemUTC());
        List<String> topics = List.of(
                context.get(CardsSettings.TOPIC),
                context.get(CardsSettings.DECISIONS_TOPIC),
                context.get(CardsSettings.ALERTS_TOPIC),
                deadLetters.topic());
        return new StreamsFlow(
                context.get(CardsSettings.APPLICATION),
                Map.of(
                        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                        context.get(CardsSettings.COMMIT_INTERVAL).toMillis()),
                topology,
                admin -> startupProblem(models, topics, admin),
                () -> {
                    Watcher reload = new Watcher("wadi-card-models");
                    reload.every(context.get(CardsSettings.MODELS_REFRESH_INTERVAL), () -> {
                        models.reload();
                        return true;
                    });
                    return reload;
                },
                models::problem);
    }

    private static Rule.Limits limits(FeatureContext context) {
        Set<Rule> rules = EnumSet.noneOf(Rule.class);
        context.get(CardsSettings.RULES).forEach(name -> rules.add(Rule.valueOf(name.toUpperCase(Locale.ROOT))));
        return new Rule.Limits(
                rules,
                context.get(CardsSettings.MAX_AMOUNT),
                context.get(CardsSettings.MAX_PAYMENTS),
                context.get(CardsSettings.MAX_SPEED));
    }

    private static Optional<String> startupProblem(ActiveModels models, List<String> topics, Admin admin)
            throws InterruptedException {
        Optional<String> missing = missing(topics, admin);
        return missing.isPresent() ? missing : unreadModels(models);
    }

    /**
     * Loads the models before the first payment, which would otherwise be evaluated by rules alone. Returns why they
     * could not be read; empty once they were read.
     */
    static Optional<String> unreadModels(ActiveModels models) {
        models.reload();
        return models.isRead() ? Optional.empty() : models.problem();
    }

    private static Optional<String> missing(List<String> topics, Admin admin) throws InterruptedException {
        Set<String> missing = new TreeSet<>(topics);
        missing.removeAll(AdminRequests.get(admin.listTopics().names()));
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("topic%s %s %s not exist"
                        .formatted(
                                missing.size() == 1 ? "" : "s",
                                String.join(", ", missing),
                                missing.size() == 1 ? "does" : "do"));
    }
}
