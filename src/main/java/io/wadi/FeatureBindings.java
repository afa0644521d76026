package io.wadi;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.runtime.Feature;
import io.wadi.runtime.FeatureContext;
import io.wadi.runtime.Features;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.health.Patience;
import io.wadi.runtime.health.ServerCheck;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;

/** Binds all features, and holds which of their endpoints use Kafka and which health checks they register. */
final class FeatureBindings implements FeatureContext {
    private final Registry registry;
    private final Settings settings;
    private final KafkaClients kafka;
    private final DeadLetters deadLetters;
    private final MeterRegistry meters;
    private final Patience patience;
    private final Map<Class<? extends Endpoint>, Function<Endpoint, Collection<String>>> topics = new LinkedHashMap<>();
    private final Map<String, Supplier<List<ServerCheck>>> checks = new LinkedHashMap<>();

    FeatureBindings(
            Registry registry,
            Settings settings,
            KafkaClients kafka,
            DeadLetters deadLetters,
            MeterRegistry meters,
            Patience patience) {
        this.registry = registry;
        this.settings = settings;
        this.kafka = kafka;
        this.deadLetters = deadLetters;
        this.meters = meters;
        this.patience = patience;
    }

    /** Binds each; mistakes in the settings of one do not keep those of another from being found. */
    void bind(Mistakes mistakes) {
        for (Feature each : Features.all()) {
            mistakes.gather(() -> bound(each));
        }
    }

    private Feature bound(Feature feature) {
        try {
            feature.bind(this);
            return feature;
        } catch (SettingsException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new SettingsException(List.of("The feature %s cannot be bound: %s"
                    .formatted(feature.getClass().getName(), Causes.inShort(e))));
        }
    }

    /** Whether an endpoint of a feature reads from Kafka or writes to it. */
    boolean useKafka(Endpoint endpoint) {
        return topics.keySet().stream().anyMatch(type -> type.isInstance(endpoint));
    }

    /** The topics that an endpoint of a feature uses. */
    List<String> topicsOf(Endpoint endpoint) {
        return topics.entrySet().stream()
                .filter(each -> each.getKey().isInstance(endpoint))
                .flatMap(each -> each.getValue().apply(endpoint).stream())
                .toList();
    }

    /** The checks to be made from when a route uses Kafka, by name. */
    Map<String, Supplier<List<ServerCheck>>> checks() {
        return checks;
    }

    @Override
    public void bind(String scheme, Component component) {
        registry.bind(scheme, Component.class, component);
    }

    @Override
    public void bind(String name, Processor processor) {
        registry.bind(name, Processor.class, processor);
    }

    @Override
    public void bindBean(String name, Object bean) {
        registry.bind(name, bean);
    }

    @Override
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    @Override
    public KafkaClients kafka() {
        return kafka;
    }

    @Override
    public DeadLetters deadLetters() {
        return deadLetters;
    }

    @Override
    public MeterRegistry meters() {
        return meters;
    }

    @Override
    public Patience patience() {
        return patience;
    }

    @Override
    public <E extends Endpoint> void usesKafka(Class<E> type, Function<E, Collection<String>> topicsOfOne) {
        topics.put(type, endpoint -> topicsOfOne.apply(type.cast(endpoint)));
    }

    @Override
    public void checkWithKafka(String name, Supplier<List<ServerCheck>> given) {
        checks.put(name, given);
    }
}
