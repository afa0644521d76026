package io.wadi.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.health.Patience;
import io.wadi.runtime.health.ServerCheck;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;

/** What a {@link Feature} is bound with. */
public interface FeatureContext {
    /** Binds a component under the scheme that routes name it by. */
    void bind(String scheme, Component component);

    /** Binds a processor under the name that steps of routes have for it. */
    void bind(String name, Processor processor);

    /** Binds a bean of another type under its name. */
    void bindBean(String name, Object bean);

    /** The value of a setting of the feature. */
    <T> T get(Setting<T> setting);

    /** Kafka's clients; their settings are complete once the Camel context is. */
    KafkaClients kafka();

    /** Where records go that fail for good. */
    DeadLetters deadLetters();

    /** Where meters are registered; nothing is kept of them where metrics are switched off. */
    MeterRegistry meters();

    /** How often health checks look and how long a finding has to last. */
    Patience patience();

    /**
     * Registers a type of endpoint that reads from Kafka or writes to it: topics and health are checked from the first on.
     *
     * @param topics gives the topics of one
     */
    <E extends Endpoint> void usesKafka(Class<E> type, Function<E, Collection<String>> topics);

    /**
     * Has checks made from when a route uses Kafka.
     *
     * @param name of the thread that makes them
     */
    void checkWithKafka(String name, Supplier<List<ServerCheck>> checks);
}
