package io.wadi.kafka.streams;

import io.wadi.kafka.RouteWork;
import io.wadi.kafka.client.GroupAdvance;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.health.HealthThresholds;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;
import org.apache.kafka.streams.StreamsConfig;

/** The Camel component {@code streams:name}: runs a topology of Kafka Streams for as long as its route is started. */
public class StreamsComponent extends DefaultComponent {
    private final KafkaClients clients;
    private final Map<String, StreamsFlow> flows = new ConcurrentHashMap<>();
    private final Options options;
    private final Tables tables;

    /**
     * How topologies are run.
     *
     * @param stateDirectory where Kafka Streams keeps files
     * @param advertised where other processes reach this one, {@code host:port}; empty where they do not
     * @param patience how long troubles have to last until they count for health
     * @param stalledAfter how long a partition that has records may not advance
     */
    public record Options(String stateDirectory, String advertised, HealthThresholds patience, Duration stalledAfter) {}

    /** Takes the Kafka clients. Flows that features bind are looked up at initialization. */
    public StreamsComponent(KafkaClients clients, Options options) {
        this.clients = clients;
        this.options = options;
        this.tables = new Tables(this.flows, options.advertised());
    }

    /**
     * Adds a flow, for routes that are made after it.
     *
     * @throws IllegalArgumentException where another has its name
     */
    public void add(String name, StreamsFlow flow) {
        if (flows.putIfAbsent(name, flow) != null) {
            throw new IllegalArgumentException(
                    "streams:%s: another topology has that name: give this one another".formatted(name));
        }
    }

    /** Takes a flow away, whose route is stopped. */
    public void remove(String name) {
        flows.remove(name);
    }

    /** The flow of a name as it is now. */
    StreamsFlow flow(String name) {
        return flows.get(name);
    }

    /** What topologies keep, for who asks. */
    public Tables tables() {
        return tables;
    }

    /** What routes are asked. */
    RouteWork work() {
        return clients.work();
    }

    /** How long troubles have to last until they count for health. */
    HealthThresholds patience() {
        return options.patience();
    }

    /** Looks how a flow is doing while it runs. */
    Prober.Probe probe(RunningFlow running, StreamsFlow flow, Clock clock) {
        return new TopologyProbe(
                running,
                new GroupAdvance(
                        clients,
                        flow.applicationId(),
                        running::partitions,
                        options.stalledAfter(),
                        options.patience().answerWithin(),
                        clock));
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        getCamelContext()
                .getRegistry()
                .findByTypeWithName(StreamsFlow.class)
                .forEach((bean, flow) -> add(StreamsFlow.name(bean), flow));
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        if (!flows.containsKey(remaining)) {
            throw new IllegalArgumentException("streams:%s: there is no such topology, there are %s"
                    .formatted(remaining, new TreeSet<>(flows.keySet())));
        }
        return new StreamsEndpoint(uri, this, remaining);
    }

    Properties adminSettings() {
        return clients.adminProperties();
    }

    /**
     * The settings of a flow. What a topology writes and the offsets of what it has read are one transaction, each 200 ms:
     * much of what is written to the same key in that time is written once.
     */
    Properties settings(StreamsFlow flow) {
        Properties settings = clients.commonProperties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, flow.applicationId());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "200");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, options.stateDirectory());
        settings.put(StreamsConfig.APPLICATION_SERVER_CONFIG, tables.self());
        settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class.getName());
        settings.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
        // Fewer of them under load; none waits to be full, since all leave with the commit.
        settings.put(StreamsConfig.producerPrefix("batch.size"), "65536");
        // Kafka Streams would have the others, or itself after a restart, wait for as long as for a member that is
        // dead.
        settings.put(StreamsConfig.mainConsumerPrefix("internal.leave.group.on.close"), true);
        settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        settings.putAll(flow.settings());
        return settings;
    }
}
