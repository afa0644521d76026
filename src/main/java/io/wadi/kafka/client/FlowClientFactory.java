package io.wadi.kafka.client;

import io.wadi.kafka.Handover;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.consumer.FlowConsumer;
import io.wadi.kafka.consumer.OffsetReset;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.time.Duration;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Function;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * camel-kafka's factory of the Kafka clients of all routes. Consumers are {@link FlowConsumer}s; endpoints with equal
 * producer settings share one producer. Keys and values are always bytes, so that no record is changed or fails to be
 * deserialized: byte arrays, except for the values of a {@link RecordBatch}, which are buffers in the client's memory.
 */
public final class FlowClientFactory extends DefaultKafkaClientFactory {
    /**
     * Set on an endpoint as {@code additionalProperties.wadi.transactional}: see {@link FlowConsumer}. It has no hyphen
     * because YAML routes convert {@code a-b} to {@code aB}.
     */
    static final String TRANSACTIONAL = "wadi.transactional";

    /** Set on every consuming endpoint: whether offsets are committed only as far as the route requests it. */
    static final String MANUAL_COMMITS = "wadi.manualCommits";

    /** Why a producer of Camel has no transactions, and what to do instead. */
    static final String NO_TRANSACTIONS_OF_CAMEL =
            "Camel commits after the record is completed, so that its output would"
                    + " be lost if the commit fails; remove it, and set additionalProperties." + TRANSACTIONAL
                    + "=true on the endpoint that the route reads";

    private static final Duration ACKNOWLEDGE_MARGIN = Duration.ofSeconds(5);

    private final Handover handover;
    private final SharedProducers producers;
    private final PartitionStates states;
    private final PipelineMetrics metrics;
    private final RouteControl control;
    private final Function<String, Producer<Object, Object>> transactionalProducer;

    FlowClientFactory(
            Handover handover,
            SharedProducers producers,
            PartitionStates states,
            PipelineMetrics metrics,
            RouteControl control,
            Function<String, Producer<Object, Object>> transactionalProducer) {
        this.handover = handover;
        this.producers = producers;
        this.states = states;
        this.metrics = metrics;
        this.control = control;
        this.transactionalProducer = transactionalProducer;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Consumer getConsumer(Properties properties) {
        Properties own = consumerProperties(properties);
        String group = own.getProperty(ConsumerConfig.GROUP_ID_CONFIG, "");
        String route = Objects.toString(own.remove(RouteControl.ROUTE), "");
        control.threads().active(route);
        FlowConsumer.Config config = new FlowConsumer.Config(
                route,
                handover,
                OffsetReset.takeFrom(own),
                AssignedPartitions.takeFrom(own),
                SharedProducers.DELIVERY_TIMEOUT.plus(ACKNOWLEDGE_MARGIN),
                states.group(group),
                new PartitionMeters(metrics, route, group),
                control,
                transactionalProducer,
                isTransactional(own),
                Boolean.parseBoolean(String.valueOf(own.remove(MANUAL_COMMITS))));
        return new FlowConsumer(own, config);
    }

    /**
     * Returns the properties of a consumer. Unless configured, it lets brokers create no topic that is missing or was
     * deleted: the topic would have their defaults instead of the declared partitions, replicas and settings.
     */
    Properties consumerProperties(Properties properties) {
        Properties own = copy(properties);
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.putIfAbsent(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        own.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        own.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        return own;
    }

    /**
     * Checks the properties of a consumer, without connecting to Kafka.
     *
     * @throws IllegalArgumentException if a property that Wadi reads is invalid or unknown
     * @throws KafkaException if Kafka rejects a property
     */
    void check(Properties properties) {
        Properties own = consumerProperties(properties);
        OffsetReset.takeFrom(own);
        AssignedPartitions.takeFrom(own);
        isTransactional(own);
        for (String name : own.stringPropertyNames()) {
            if (name.startsWith("wadi.")) {
                throw new IllegalArgumentException("Unknown property additionalProperties." + name + ": expected "
                        + AssignedPartitions.NAME + " or " + TRANSACTIONAL);
            }
        }
        GroupProtocol.check(own);
        new KafkaConsumer<>(own).close(CloseOptions.timeout(Duration.ZERO));
    }

    private boolean isTransactional(Properties properties) {
        Object given = properties.remove(TRANSACTIONAL);
        if (given == null || given.toString().equals("false")) {
            return false;
        }
        if (!given.toString().equals("true")) {
            throw new IllegalArgumentException(
                    "Invalid value '" + given + "' for " + TRANSACTIONAL + ": expected true or false");
        }
        return true;
    }

    /**
     * Returns a shared producer.
     *
     * @throws IllegalArgumentException if it has a {@code transactional.id}, as of {@code transacted=true}
     */
    @Override
    @SuppressWarnings("rawtypes")
    public Producer getProducer(Properties properties) {
        Object id = properties.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        if (id != null) {
            throw new IllegalArgumentException("%s=%s is not supported on a producer: %s"
                    .formatted(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id, NO_TRANSACTIONS_OF_CAMEL));
        }
        return producer(properties);
    }

    /** Returns a producer with these settings, which the caller closes. */
    Producer<Object, Object> producer(Properties properties) {
        Properties own = copy(properties);
        own.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        own.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return producers.get(own);
    }

    private static Properties copy(Properties properties) {
        Properties own = new Properties();
        properties.forEach((key, value) -> own.put(key.toString(), value));
        return own;
    }

    @Override
    public String toString() {
        return "FlowClientFactory[" + handover + "]";
    }
}
