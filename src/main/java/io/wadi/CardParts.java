package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.extension.cards.Rule;
import io.wadi.extension.cards.flow.CardMeters;
import io.wadi.extension.cards.flow.CardsTopology;
import io.wadi.extension.cards.flow.ModelsInForce;
import io.wadi.extension.cards.flow.ModelsWatch;
import io.wadi.extension.cards.model.LocalModelFiles;
import io.wadi.extension.cards.model.ModelFiles;
import io.wadi.extension.cards.model.ModelStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;

/** Puts the judging of card payments together from its settings. */
final class CardParts {
    private static final String LOCAL = "file:";

    private final Settings settings;
    private final ModelsInForce models;
    private final CardMeters meters;

    /**
     * Connects to nothing.
     *
     * @throws SettingsException where the directory of the models is none
     */
    CardParts(Settings settings, HdfsConnection hdfs, MeterRegistry registry) {
        this.settings = settings;
        models = new ModelsInForce(store(settings, hdfs));
        meters = new CardMeters(registry, models);
    }

    /** The models that the settings name. */
    static ModelStore store(Settings settings, HdfsConnection hdfs) {
        return new ModelStore(files(settings.get(WadiSettings.CARDS_MODELS), settings, hdfs));
    }

    private static ModelFiles files(String directory, Settings settings, HdfsConnection hdfs) {
        if (directory.startsWith(LOCAL)) {
            return new LocalModelFiles(Path.of(directory.substring(LOCAL.length())));
        }
        if (!directory.startsWith("/")) {
            throw new SettingsException(
                    List.of("%s is \"%s\"; allowed is an absolute path in HDFS, or file: and a path of this machine"
                            .formatted(WadiSettings.CARDS_MODELS.name(), directory)));
        }
        return new HdfsModelFiles(
                hdfs, directory, settings.get(WadiSettings.LANDING_REPLICATION).shortValue());
    }

    /** The flow that routes know as {@code streams:card-payments}. */
    StreamsFlow flow(DeadLetters letters) {
        CardsTopology topology = new CardsTopology(
                new CardsTopology.Options(
                        get(WadiSettings.CARDS_TOPIC),
                        get(WadiSettings.CARDS_VERDICTS_TOPIC),
                        get(WadiSettings.CARDS_ALERTS_TOPIC),
                        limits(),
                        get(WadiSettings.CARDS_MOST_CARDS),
                        get(WadiSettings.CARDS_FORGET_AFTER)),
                models,
                meters,
                letters,
                Clock.systemUTC());
        List<String> topics = List.of(
                get(WadiSettings.CARDS_TOPIC),
                get(WadiSettings.CARDS_VERDICTS_TOPIC),
                get(WadiSettings.CARDS_ALERTS_TOPIC),
                letters.topic());
        return new StreamsFlow(
                get(WadiSettings.CARDS_APPLICATION),
                Map.of(
                        StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                        get(WadiSettings.CARDS_COMMIT_EVERY).toMillis()),
                topology,
                admin -> obstacle(topics, admin),
                () -> new ModelsWatch(models, get(WadiSettings.CARDS_MODELS_LOOK_EVERY)),
                models::complaint);
    }

    private Rule.Limits limits() {
        Set<Rule> rules = EnumSet.noneOf(Rule.class);
        get(WadiSettings.CARDS_RULES).forEach(name -> rules.add(Rule.valueOf(name.toUpperCase(Locale.ROOT))));
        return new Rule.Limits(
                rules,
                get(WadiSettings.CARDS_MOST_AMOUNT),
                get(WadiSettings.CARDS_MOST_PAYMENTS),
                get(WadiSettings.CARDS_MOST_SPEED));
    }

    private Optional<String> obstacle(List<String> topics, Admin admin)
            throws ExecutionException, InterruptedException {
        Optional<String> missing = missing(topics, admin);
        if (missing.isEmpty()) {
            // Before the first payment: else those that come while HDFS is being asked would be judged by rules alone.
            models.look();
        }
        return missing;
    }

    private static Optional<String> missing(List<String> topics, Admin admin)
            throws ExecutionException, InterruptedException {
        Set<String> missing = new TreeSet<>(topics);
        missing.removeAll(admin.listTopics().names().get());
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("topic%s %s %s not there"
                        .formatted(
                                missing.size() == 1 ? "" : "s",
                                String.join(", ", missing),
                                missing.size() == 1 ? "is" : "are"));
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
