package io.wadi.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetters;
import io.wadi.kafka.topics.TopicKeeper;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.health.Patience;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.telemetry.Figures;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.apache.camel.Endpoint;
import org.apache.camel.Processor;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.model.ModelCamelContext;

/** What a {@link Feature} is bound with. */
public interface FeatureContext {
    /** The context that the feature is bound to. Its own properties are not resolved yet, and no route exists. */
    ModelCamelContext camel();

    /** Binds a component under the scheme that routes name it by. */
    void bind(String scheme, Component component);

    /** Binds a processor under the name that steps of routes have for it. */
    void bind(String name, Processor processor);

    /** Binds routes in Java; they are started with those of the files. */
    void bind(String name, RoutesBuilder routes);

    /** Binds a bean of another type under its name. It is what other features find with {@link #provided}. */
    void bindBean(String name, Object bean);

    /**
     * What another feature binds, looked up each time it is used: features are bound in no particular order.
     *
     * @param type an interface of a base package, which one feature implements
     * @return throws {@link IllegalStateException} where no feature or more than one binds it
     */
    <T> Supplier<T> provided(Class<T> type);

    /** All that features bind of a type, looked up each time it is used. */
    <T> Supplier<Set<T>> allProvided(Class<T> type);

    /** The values of all settings. */
    Settings settings();

    /** The value of a setting of the feature, or of the pipeline. */
    default <T> T get(Setting<T> setting) {
        return settings().get(setting);
    }

    /** Kafka's clients; their settings are complete once the Camel context is. */
    KafkaClients kafka();

    /** The topics that {@code topics.yaml} declares. */
    Topics topics();

    /** Creates the declared topics and tells when they can be written. */
    TopicKeeper topicKeeper();

    /** Where records go that fail for good. */
    DeadLetters deadLetters();

    /** The connection to HDFS, which connects when it is first used. */
    HdfsConnection hdfs();

    /** Where meters are registered; nothing is kept of them where metrics are switched off. */
    MeterRegistry meters();

    /** Latencies and throughput of routes and partitions. */
    Figures figures();

    /** How often health checks look and how long a finding has to last. */
    Patience patience();

    /** Held while routes are started, stopped or replaced. */
    Lock routeChanges();

    /** Has a resource closed once all routes are stopped; what is opened last is closed first. */
    <C extends AutoCloseable> C closing(C resource);

    /** Has something begun once all routes are started, where one of them uses Kafka. */
    void afterStartWithKafka(Runnable begun);

    /** Has something done before the first route is stopped. */
    void beforeStop(Stopping done);

    /** What is done before routes are stopped. */
    @FunctionalInterface
    interface Stopping {
        /** Does it. It may wait for what is going on. */
        void stop() throws InterruptedException;
    }

    /** Registers endpoints that use Kafka: its topics and its health are checked from the first on. */
    void usesKafka(Predicate<Endpoint> endpoints);

    /**
     * Registers a type of endpoint that reads from Kafka or writes to it, with the topics of each.
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

    /**
     * Has checks made from when a route has an endpoint of a type.
     *
     * @param name of the thread that makes them
     * @param atOnce whether they are begun while routes are started, instead of after that
     */
    void checkWith(Class<? extends Endpoint> type, String name, boolean atOnce, Supplier<List<ServerCheck>> checks);
}
