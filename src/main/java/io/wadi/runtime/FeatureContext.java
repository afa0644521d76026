package io.wadi.runtime;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.ServerCheck;
import io.wadi.runtime.telemetry.PipelineMetrics;
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
import org.apache.camel.util.function.ThrowingRunnable;

/** The pipeline that a {@link Feature} is bound to. */
public interface FeatureContext {
    /** Returns the Camel context. It has no routes yet, and its property placeholders are not resolved yet. */
    ModelCamelContext camel();

    /** Binds a component under the scheme of its URIs. */
    default void bind(String scheme, Component component) {
        camel().getRegistry().bind(scheme, Component.class, component);
    }

    /** Binds a processor under the name that routes reference. */
    default void bind(String name, Processor processor) {
        camel().getRegistry().bind(name, Processor.class, processor);
    }

    /** Binds routes in Java DSL; they are started together with the routes of the route files. */
    default void bind(String name, RoutesBuilder routes) {
        camel().getRegistry().bind(name, RoutesBuilder.class, routes);
    }

    /** Binds any other bean. Other features find it with {@link #provided}. */
    default void bindBean(String name, Object bean) {
        camel().getRegistry().bind(name, bean);
    }

    /**
     * Returns a lookup of the bean that another feature binds. The order in which features are bound is not defined, so
     * call it when a route is started or later.
     *
     * @param type a type of which one feature binds a bean
     * @return the lookup, which throws {@link IllegalStateException} unless exactly one bean of the type is bound
     */
    default <T> Supplier<T> provided(Class<T> type) {
        return () -> {
            Set<T> found = camel().getRegistry().findByType(type);
            if (found.size() != 1) {
                throw new IllegalStateException(
                        "%s: bound by %d features, expected one".formatted(type.getName(), found.size()));
            }
            return found.iterator().next();
        };
    }

    /** Returns a lookup of all beans of a type. Call it when a route is started or later. */
    default <T> Supplier<Set<T>> allProvided(Class<T> type) {
        return () -> camel().getRegistry().findByType(type);
    }

    Settings settings();

    default <T> T get(Setting<T> setting) {
        return settings().get(setting);
    }

    /** Returns the Kafka clients; usable once Camel has configured its Kafka component. */
    KafkaClients kafka();

    /** Returns the topics declared in {@code topics.yaml}. */
    Topics topics();

    /** Returns the provisioner of the declared topics. */
    TopicProvisioner topicProvisioner();

    /** Returns the sender to the dead-letter topic. */
    DeadLetterSender deadLetters();

    /** Returns the HDFS connection, which connects on first use. */
    HdfsConnection hdfs();

    /** Returns the meter registry, which has no effect if metrics are disabled. */
    MeterRegistry meters();

    /** Returns the metrics of routes and partitions. */
    PipelineMetrics pipelineMetrics();

    /** Returns interval, timeout and thresholds of health checks. */
    HealthThresholds healthThresholds();

    /** Returns the lock that is held while routes are started, stopped or replaced. */
    Lock routeChanges();

    /** Closes a resource after all routes are stopped, in reverse order of registration. */
    <C extends AutoCloseable> C closing(C resource);

    /** Runs an action once all routes are started, if one of them uses Kafka. */
    void afterStartWithKafka(Runnable action);

    /** Runs an action before the first route is stopped. It may block until work in progress is done. */
    void beforeStop(ThrowingRunnable<InterruptedException> action);

    /** Declares which endpoints use Kafka. The first such endpoint starts the checks of topics and of Kafka. */
    void usesKafka(Predicate<Endpoint> endpoints);

    /**
     * Declares a type of endpoint that uses Kafka, with the topics of each endpoint.
     *
     * @param topics returns the topics of an endpoint
     */
    <E extends Endpoint> void usesKafka(Class<E> type, Function<E, Collection<String>> topics);

    /**
     * Adds health checks that start with the first endpoint that uses Kafka.
     *
     * @param name the name of their thread
     */
    void checkWithKafka(String name, Supplier<List<ServerCheck>> checks);

    /**
     * Adds health checks that start with the first endpoint of a type.
     *
     * @param name the name of their thread
     * @param immediately whether they start while routes are being started, instead of afterwards
     */
    void checkWith(
            Class<? extends Endpoint> type, String name, boolean immediately, Supplier<List<ServerCheck>> checks);
}
