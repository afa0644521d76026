package io.wadi.kafka.streams;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;

/**
 * A topology and what is needed to run it.
 *
 * @param applicationId the consumer group, and the beginning of the names of the topics that Kafka Streams makes
 * @param settings Kafka Streams' own, beside those that all flows have
 * @param topology makes it anew for each start
 * @param obstacle looked at before the start
 * @param companion begins what runs beside the topology, and is closed before it
 * @param complaint what somebody should see to although the topology runs, in words
 * @param tables what of its state others may ask for
 */
public record StreamsFlow(
        String applicationId,
        Map<String, Object> settings,
        Supplier<Topology> topology,
        Obstacle obstacle,
        Supplier<AutoCloseable> companion,
        Supplier<Optional<String>> complaint,
        List<QueryableTable> tables) {

    private static final String BEAN = "streams:";

    /** Returns the bean name under which a feature binds the flow of {@code streams:NAME}. */
    public static String bean(String name) {
        return BEAN + name;
    }

    /** Returns NAME of a bean name. */
    static String name(String bean) {
        return bean.substring(BEAN.length());
    }

    /** One whose state is its own matter. */
    public StreamsFlow(
            String applicationId,
            Map<String, Object> settings,
            Supplier<Topology> topology,
            Obstacle obstacle,
            Supplier<AutoCloseable> companion,
            Supplier<Optional<String>> complaint) {
        this(applicationId, settings, topology, obstacle, companion, complaint, List.of());
    }

    /** What has to be otherwise in Kafka before a topology can be started. */
    @FunctionalInterface
    public interface Obstacle {
        /** What it is, in words; nothing where there is none. It is asked until then. */
        Optional<String> look(Admin admin) throws ExecutionException, InterruptedException;
    }
}
