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
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.watch.PeriodicCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Alerts: the topology that routes know as {@code streams:alerts}. */
public final class AlertsFeature implements Feature {
    /** So often that a change is seen, and seen again, within a second. */
    private static final Duration RULES_EVERY = Duration.ofMillis(400);

    /** As large as a dead letter may be: a document with its headers. */
    private static final int LARGEST_LETTER = 33 << 20;

    @Override
    public List<Setting<?>> settings() {
        return AlertsSettings.ALL;
    }

    /**
     * Reads the rules and looks at the declared topics; connects to nothing.
     *
     * @throws SettingsException with all mistakes in alerts.yaml, or with topics of different partition counts
     */
    @Override
    public void bind(FeatureContext context) {
        ConfigurationErrors mistakes = new ConfigurationErrors();
        mistakes.gather(() -> checked(context));
        ActiveRules rules = mistakes.gather(() -> ActiveRules.read(context.get(AlertsSettings.FILE)));
        mistakes.throwIfAny();
        context.bindBean(StreamsFlow.bean("alerts"), new Flow(context, rules).flow());
    }

    /** Those that are declared; the others are looked at in Kafka. */
    private static List<String> checked(FeatureContext context) {
        List<String> topics = context.get(AlertsSettings.TOPICS);
        Optional<String> mistake = context.get(AlertsSettings.ENABLED)
                ? InputTopics.mistake(
                        topics, name -> context.topics().find(name).map(Topic::partitions))
                : Optional.empty();
        if (mistake.isPresent()) {
            throw new SettingsException(List.of(mistake.get()));
        }
        return topics;
    }

    /** The flow, and what runs beside it. */
    private static final class Flow {
        private final FeatureContext context;
        private final ActiveRules rules;
        private final AlertMeters meters;
        private final NoDataClocks silence = new NoDataClocks(Clock.systemUTC(), System::nanoTime);
        private volatile NoDataMonitor watching;

        Flow(FeatureContext context, ActiveRules rules) {
            this.context = context;
            this.rules = rules;
            meters = new AlertMeters(context.meters(), rules);
        }

        StreamsFlow flow() {
            DeadLetterSender letters = context.deadLetters();
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
                    silence,
                    meters,
                    letters,
                    Clock.systemUTC());
            return new StreamsFlow(
                    get(AlertsSettings.APPLICATION),
                    Map.of(
                            StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                            LARGEST_LETTER,
                            StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
                            (long) LARGEST_LETTER + (16 << 20)),
                    topology::make,
                    admin -> InputTopics.obstacle(topics, List.of(changes, letters.topic()), admin),
                    () -> watch(context.kafka(), topics),
                    this::complaint);
        }

        /** Looks at the file of rules, and whether hosts are silent. */
        private AutoCloseable watch(KafkaClients kafka, List<String> topics) {
            List<NoDataMonitor.Reader> readers = new ArrayList<>();
            if (!topics.contains(get(MetricsSettings.TOPIC))) {
                readers.add(new NoDataMonitor.Reader(get(MetricsSettings.GROUP), List.of(get(MetricsSettings.TOPIC))));
            }
            readers.add(new NoDataMonitor.Reader(get(AlertsSettings.APPLICATION), topics));
            NoDataMonitor silenceWatch = new NoDataMonitor(readers, silence, kafka::adminProperties);
            watching = silenceWatch;
            PeriodicCheck rulesCheck = new PeriodicCheck("wadi-alert-rules", RULES_EVERY, rules::look);
            return () -> {
                rulesCheck.close();
                silenceWatch.close();
            };
        }

        private Optional<String> complaint() {
            List<String> complaints = new ArrayList<>(rules.mistakes());
            if (!complaints.isEmpty()) {
                complaints.add(0, "the file of rules has mistakes, the rules before it hold:");
            }
            NoDataMonitor now = watching;
            if (now != null) {
                now.complaint().ifPresent(complaints::add);
            }
            return complaints.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", complaints));
        }

        private <T> T get(Setting<T> setting) {
            return context.get(setting);
        }
    }
}
