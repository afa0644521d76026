package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.metrics.MetricsSettings;
import io.wadi.metrics.alerts.flow.AlertMeters;
import io.wadi.metrics.alerts.flow.AlertsTopology;
import io.wadi.metrics.alerts.flow.InputTopics;
import io.wadi.metrics.alerts.flow.RulesInForce;
import io.wadi.metrics.alerts.flow.RulesWatch;
import io.wadi.metrics.alerts.flow.Silence;
import io.wadi.metrics.alerts.flow.SilenceWatch;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Puts alerts together from their settings. */
final class AlertParts {
    /** As large as a dead letter may be: a document with its headers. */
    private static final int LARGEST_LETTER = 33 << 20;

    private final Settings settings;
    private final RulesInForce rules;
    private final AlertMeters meters;
    private volatile SilenceWatch watching;
    private final Silence silence = new Silence(Clock.systemUTC(), System::nanoTime);

    /**
     * Reads the rules and looks at the declared topics; connects to nothing.
     *
     * @throws SettingsException with all mistakes in alerts.yaml, or with topics of different partition counts
     */
    AlertParts(Settings settings, Topics topics, MeterRegistry registry) {
        this.settings = settings;
        Mistakes mistakes = new Mistakes();
        mistakes.gather(() -> checked(topics));
        rules = mistakes.gather(() -> RulesInForce.read(get(WadiSettings.ALERTS_FILE)));
        mistakes.throwIfAny();
        meters = new AlertMeters(registry, rules);
    }

    /** Those that are declared; the others are looked at in Kafka. */
    private Topics checked(Topics topics) {
        Optional<String> mistake = get(WadiSettings.ALERTS_ENABLED)
                ? InputTopics.mistake(
                        get(WadiSettings.ALERTS_TOPICS),
                        name -> topics.find(name).map(Topic::partitions))
                : Optional.empty();
        if (mistake.isPresent()) {
            throw new SettingsException(List.of(mistake.get()));
        }
        return topics;
    }

    /** The flow that routes know as {@code streams:alerts}. */
    StreamsFlow flow(KafkaClients kafka, DeadLetters letters) {
        List<String> topics = get(WadiSettings.ALERTS_TOPICS);
        String changes = get(WadiSettings.ALERTS_TOPIC);
        AlertsTopology topology = new AlertsTopology(
                new AlertsTopology.Options(
                        topics,
                        changes,
                        get(WadiSettings.ALERTS_CLOCK_SKEW),
                        get(WadiSettings.ALERTS_MOST_HOSTS).intValue(),
                        get(WadiSettings.ALERTS_FORGET_AFTER)),
                rules,
                silence,
                meters,
                letters,
                Clock.systemUTC());
        return new StreamsFlow(
                get(WadiSettings.ALERTS_APPLICATION),
                Map.of(
                        StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
                        LARGEST_LETTER,
                        StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
                        (long) LARGEST_LETTER + (16 << 20)),
                topology::make,
                admin -> InputTopics.obstacle(topics, List.of(changes, letters.topic()), admin),
                () -> watch(kafka, topics),
                this::complaint);
    }

    /** Looks at the file of rules, and whether hosts are silent. */
    private AutoCloseable watch(KafkaClients kafka, List<String> topics) {
        List<SilenceWatch.Reader> readers = new ArrayList<>();
        if (!topics.contains(get(MetricsSettings.TOPIC))) {
            readers.add(new SilenceWatch.Reader(get(MetricsSettings.GROUP), List.of(get(MetricsSettings.TOPIC))));
        }
        readers.add(new SilenceWatch.Reader(get(WadiSettings.ALERTS_APPLICATION), topics));
        SilenceWatch silenceWatch = new SilenceWatch(readers, silence, kafka::adminProperties);
        watching = silenceWatch;
        RulesWatch rulesWatch = new RulesWatch(rules);
        return () -> {
            rulesWatch.close();
            silenceWatch.close();
        };
    }

    private Optional<String> complaint() {
        List<String> complaints = new ArrayList<>(rules.mistakes());
        if (!complaints.isEmpty()) {
            complaints.add(0, "the file of rules has mistakes, the rules before it hold:");
        }
        SilenceWatch now = watching;
        if (now != null) {
            now.complaint().ifPresent(complaints::add);
        }
        return complaints.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", complaints));
    }

    private <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }
}
