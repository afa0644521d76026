package io.wadi.metrics.alerts.flow;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.kafka.topics.Topic;
import io.wadi.metrics.MetricsSettings;
import io.wadi.metrics.alerts.AlertsSettings;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.config.ConfigurationErrors;
import io.wadi.runtime.config.OutputTopics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.watch.Watcher;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The alerts feature: the topology behind the endpoint {@code streams:alerts}. */
public final class AlertsFeature implements Feature {
    /** Two checks, the second of which confirms that a changed file is complete, take less than one second. */
    private static final Duration RULES_RELOAD_INTERVAL = Duration.ofMillis(400);

    @Override
    public List<Setting<?>> settings() {
        return AlertsSettings.ALL;
    }

    /**
     * Reads the rules and checks the declared topics; opens no connection.
     *
     * @throws SettingsException with all mistakes in alerts.yaml, and with inputs that are also outputs, or have
     *     different partition counts
     */
    @Override
    public void bind(FeatureContext context) {
        ConfigurationErrors mistakes = new ConfigurationErrors();
        mistakes.collect(() -> checked(context));
        ActiveRules rules = mistakes.collect(
                () -> ActiveRules.read(context.get(AlertsSettings.FILE), context.get(AlertsSettings.HOST_TTL)));
        mistakes.throwIfAny();
        context.bindBean(StreamsFlow.bean("alerts"), new Flow(context, rules).flow());
    }

    /**
     * Checks the names of the topics, and the partition counts of those that are declared. Others are checked in Kafka
     * when the topology starts.
     */
    private static List<String> checked(FeatureContext context) {
        List<String> topics = context.get(AlertsSettings.TOPICS);
        if (context.get(AlertsSettings.ENABLED)) {
            checkOutputs(topics, context::get);
            Optional<String> declaredDifference = InputTopics.declaredDifference(
                    topics, name -> context.topics().find(name).map(Topic::partitions));
            if (declaredDifference.isPresent()) {
                throw new SettingsException(List.of(declaredDifference.get()));
            }
        }
        return topics;
    }

    static void checkOutputs(List<String> topics, Function<Setting<String>, String> settings) {
        OutputTopics.check(
                AlertsSettings.TOPICS,
                topics,
                List.of(WadiSettings.ALERTS_TOPIC, WadiSettings.DEAD_LETTERS_TOPIC),
                settings);
    }

    private static final class Flow {
        private final FeatureContext context;
        private final ActiveRules rules;
        private final AlertMeters meters;
        private final NoDataClocks noDataClocks = new NoDataClocks(Clock.systemUTC(), System::nanoTime);
        private volatile NoDataMonitor monitor;

        Flow(FeatureContext context, ActiveRules rules) {
            this.context = context;
            this.rules = rules;
            meters = new AlertMeters(context.meters(), rules);
        }

        StreamsFlow flow() {
            DeadLetterSender deadLetters = context.deadLetters();
            List<String> topics = get(AlertsSettings.TOPICS);
            String changes = get(WadiSettings.ALERTS_TOPIC);
            AlertsTopology topology = new AlertsTopology(
                    new AlertsTopology.Options(
                            topics,
                            changes,
                            get(AlertsSettings.MAX_CLOCK_SKEW),
                            get(AlertsSettings.MAX_HOSTS).intValue(),
                            get(AlertsSettings.HOST_TTL)),
                    rules,
                    noDataClocks,
                    meters,
                    deadLetters,
                    Clock.systemUTC());
            return new StreamsFlow(
                    get(AlertsSettings.APPLICATION),
                    Map.of(),
                    topology::make,
                    admin -> InputTopics.missingInKafka(topics, List.of(changes, deadLetters.topic()), admin),
                    () -> startMonitoring(context.kafka(), topics),
                    this::problem);
        }

        /** Starts the reload of the rules and the detection of hosts without data. */
        private AutoCloseable startMonitoring(KafkaClients kafka, List<String> topics) {
            List<NoDataMonitor.Reader> readers = new ArrayList<>();
            if (!topics.contains(get(MetricsSettings.TOPIC))) {
                readers.add(new NoDataMonitor.Reader(get(MetricsSettings.GROUP), List.of(get(MetricsSettings.TOPIC))));
            }
            readers.add(new NoDataMonitor.Reader(get(AlertsSettings.APPLICATION), topics));
            NoDataMonitor started =
                    new NoDataMonitor(readers, noDataClocks, kafka::adminProperties, kafka::readerProperties);
            monitor = started;
            Watcher rulesReload = new Watcher("wadi-alert-rules");
            rulesReload.every(RULES_RELOAD_INTERVAL, rules);
            return () -> {
                rulesReload.close();
                started.close();
            };
        }

        private Optional<String> problem() {
            List<String> problems = new ArrayList<>(rules.mistakes());
            if (!problems.isEmpty()) {
                problems.add(0, "alert rules: the file is rejected, keeping the running rules:");
            }
            NoDataMonitor now = monitor;
            if (now != null) {
                now.problem().ifPresent(problems::add);
            }
            return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", problems));
        }

        private <T> T get(Setting<T> setting) {
            return context.get(setting);
        }
    }
}
