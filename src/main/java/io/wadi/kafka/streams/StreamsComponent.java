package io.wadi.kafka.streams;

import io.wadi.kafka.RouteControl;
import io.wadi.kafka.client.GroupProgressProbe;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.health.CheckResult;
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
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The Camel component {@code streams:name}, which runs a Kafka Streams topology while its route is started. */
public class StreamsComponent extends DefaultComponent {
    /**
     * The number of records of a partition that a task buffers, beyond those of one poll, while it waits for another
     * partition. With the default of 1,000, large events would take 1 GB of memory. A task that does not wait processes
     * all records of a poll before the next one.
     */
    private static final int BUFFERED_RECORDS = 16;

    private final KafkaClients clients;
    private final Map<String, StreamsFlow> flows = new ConcurrentHashMap<>();
    private final Options options;
    private final Tables tables;

    /**
     * Options of all topologies.
     *
     * @param advertised the {@code host:port} at which other instances reach this one; empty for none
     * @param thresholds the times after which faults count for health
     * @param stalledAfter the maximum time for which a partition with lag may make no progress
     */
    public record Options(
            String stateDirectory, String advertised, HealthThresholds thresholds, Duration stalledAfter) {}

    /** Creates a component. Flows that features bind are looked up at initialization. */
    public StreamsComponent(KafkaClients clients, Options options) {
        this.clients = clients;
        this.options = options;
        this.tables = new Tables(this.flows, options.advertised());
    }

    /**
     * Adds a flow. Must be called before its route is added.
     *
     * @throws IllegalArgumentException if the name is taken
     */
    public void add(String name, StreamsFlow flow) {
        if (flows.putIfAbsent(name, flow) != null) {
            throw new IllegalArgumentException(
                    "Duplicate topology name in streams:%s: expected a unique name".formatted(name));
        }
    }

    /** Returns whether a flow of this name was added or bound. */
    public boolean has(String name) {
        return flows.containsKey(name);
    }

    public void remove(String name) {
        flows.remove(name);
    }

    StreamsFlow flow(String name) {
        return flows.get(name);
    }

    public Tables tables() {
        return tables;
    }

    RouteControl routeControl() {
        return clients.routeControl();
    }

    HealthThresholds thresholds() {
        return options.thresholds();
    }

    Prober.Probe probe(RunningFlow running, StreamsFlow flow, Clock clock) {
        return new TopologyProbe(
                running,
                new GroupProgressProbe(
                        clients,
                        flow.applicationId(),
                        running::partitions,
                        options.stalledAfter(),
                        options.thresholds().answerWithin(),
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
            throw new IllegalArgumentException("Unknown topology in streams:%s: expected one of %s"
                    .formatted(remaining, new TreeSet<>(flows.keySet())));
        }
        return new StreamsEndpoint(uri, this, remaining);
    }

    Properties adminSettings() {
        return clients.adminProperties();
    }

    /**
     * Returns the settings of a flow. Output, state and input offsets are committed in one transaction every 200 ms;
     * caching combines the updates of a key in that time.
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
        settings.put(StreamsConfig.producerPrefix("batch.size"), "65536");
        // Sends that the producer rejects would abort the transaction again and again.
        settings.put(
                StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), StreamsFlow.MAX_REQUEST_BYTES);
        settings.put(
                StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
                (long) StreamsFlow.MAX_REQUEST_BYTES + (16 << 20));
        settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, BUFFERED_RECORDS);
        // Kafka Streams 5 always does this, so the constant is deprecated. The assignor, which has the consumer's
        // settings, logs a warning without it.
        settings.put("processing.exception.handler.global.enabled", true);
        settings.put(StreamsConfig.consumerPrefix("processing.exception.handler.global.enabled"), true);
        settings.put(StreamsConfig.ENABLE_METRICS_PUSH_CONFIG, "false");
        settings.putAll(flow.settings());
        return settings;
    }

    /** A probe that checks whether a topology runs without a fault and its group makes progress. */
    private record TopologyProbe(RunningFlow flow, Prober.Probe advance) implements Prober.Probe {
        @Override
        public CheckResult check() throws InterruptedException {
            String fault = flow.fault();
            return fault == null ? advance.check() : CheckResult.fault(fault);
        }

        @Override
        public void close() {
            advance.close();
        }
    }
}
