package io.wadi.kafka.streams;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * A topology and its environment.
 *
 * @param applicationId the consumer group and prefix of internal topics
 * @param settings the settings of Kafka Streams in addition to those of all flows
 * @param topology creates the topology for each start
 * @param precondition checked before the start
 * @param companion starts a service that runs alongside the topology, and is closed before it
 * @param warning a problem that an operator should fix although the topology runs; empty for none
 * @param tables the queryable state
 * @param description describes the topology at any time, even before a start
 */
public record StreamsFlow(
        String applicationId,
        Map<String, Object> settings,
        Supplier<Topology> topology,
        Precondition precondition,
        Supplier<AutoCloseable> companion,
        Supplier<Optional<String>> warning,
        List<QueryableTable> tables,
        Supplier<TopologyDescription> description) {

    /** The maximum size of a record that a flow sends, such as a dead letter: a record with its headers. */
    public static final int MAX_REQUEST_BYTES = 33 << 20;

    private static final String BEAN = "streams:";

    /** Returns the bean name under which a feature binds the flow of {@code streams:NAME}. */
    public static String bean(String name) {
        return BEAN + name;
    }

    /** Returns NAME of the bean name {@code streams:NAME}. */
    static String name(String bean) {
        return bean.substring(BEAN.length());
    }

    /** Creates a flow without queryable state. */
    public StreamsFlow(
            String applicationId,
            Map<String, Object> settings,
            Supplier<Topology> topology,
            Precondition precondition,
            Supplier<AutoCloseable> companion,
            Supplier<Optional<String>> warning) {
        this(
                applicationId,
                settings,
                topology,
                precondition,
                companion,
                warning,
                List.of(),
                () -> topology.get().describe());
    }

    /** A condition in Kafka for the start of a topology, checked until it is met. */
    @FunctionalInterface
    public interface Precondition {
        /** Returns the obstacle to the start; empty if there is none. */
        Optional<String> obstacle(Admin admin) throws InterruptedException;

        /**
         * Reads the limits again with which the topology compares records. Called before a failed thread is replaced:
         * with the former limits, Kafka would reject the same record again.
         */
        default void readLimits(Admin admin) throws InterruptedException {}
    }
}
