package io.wadi.kafka.client;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.consumer.FlowConsumer;
import io.wadi.kafka.consumer.Handover;
import io.wadi.kafka.consumer.OffsetReset;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Makes the Kafka clients of all routes: camel-kafka's place to plug in. Consumers are {@link FlowConsumer}s; endpoints
 * whose producer settings are the same share one producer. Keys and values are always bytes, so that no record is changed on
 * its way and none fails to be read: arrays, but for the values of a {@link RecordBatch}, which stay where the client has put them.
 */
public final class FlowClientFactory extends DefaultKafkaClientFactory {
    /**
     * On an endpoint {@code additionalProperties.wadi.transactional}: see {@link FlowConsumer}. Without a hyphen, since YAML
     * routes make {@code a-b} to {@code aB}.
     */
    private static final String TRANSACTIONAL = "wadi.transactional";

    private static final Duration SLACK = Duration.ofSeconds(5);

    private final Handover handover;
    private final SharedProducers producers;
    private final PartitionStates states;
    private final PipelineMetrics figures;
    private final RouteWork work;
    private final Supplier<Producer<Object, Object>> transactionalProducer;

    /**
     * Takes how records are handed over, the producers that all factories share, who is told how partitions are doing,
     * who keeps figures of them, who says what routes are asked, and what makes a producer for one consumer's transactions.
     */
    FlowClientFactory(
            Handover handover,
            SharedProducers producers,
            PartitionStates states,
            PipelineMetrics figures,
            RouteWork work,
            Supplier<Producer<Object, Object>> transactionalProducer) {
        super();
        this.handover = handover;
        this.producers = producers;
        this.states = states;
        this.figures = figures;
        this.work = work;
        this.transactionalProducer = transactionalProducer;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Consumer getConsumer(Properties properties) {
        Properties own = copy(properties);
        own.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        own.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        own.put(
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                handover == Handover.RUNS
                        ? ByteBufferDeserializer.class.getName()
                        : ByteArrayDeserializer.class.getName());
        String group = own.getProperty(ConsumerConfig.GROUP_ID_CONFIG, "");
        String route = takeRoute(own);
        work.threads().seen(route);
        FlowConsumer.Plan plan = new FlowConsumer.Plan(
                route,
                handover,
                OffsetReset.takeFrom(own),
                AssignedPartitions.takeFrom(own),
                SharedProducers.DELIVERY_TIMEOUT.plus(SLACK),
                states.group(group),
                new PartitionMeters(figures, route, group),
                work,
                transactionalProducer,
                isTransactional(own));
        return new FlowConsumer(own, plan);
    }

    /**
     * Looks at what Wadi itself takes out of a consumer's properties.
     *
     * @throws IllegalArgumentException where something of it is not allowed
     */
    void check(Properties properties) {
        Properties own = copy(properties);
        OffsetReset.takeFrom(own);
        AssignedPartitions.takeFrom(own);
        isTransactional(own);
        takeRoute(own);
        for (String name : own.stringPropertyNames()) {
            if (name.startsWith("wadi.")) {
                throw new IllegalArgumentException("additionalProperties." + name + " is not known, allowed: "
                        + AssignedPartitions.NAME + ", " + TRANSACTIONAL);
            }
        }
    }

    private static String takeRoute(Properties properties) {
        Object route = properties.remove(RouteWork.ROUTE);
        return route == null ? "" : route.toString();
    }

    private boolean isTransactional(Properties properties) {
        Object given = properties.remove(TRANSACTIONAL);
        if (given == null || given.toString().equals("false")) {
            return false;
        }
        if (!given.toString().equals("true")) {
            throw new IllegalArgumentException(TRANSACTIONAL + ": found \"" + given + "\", allowed: true and false");
        }
        return true;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Producer getProducer(Properties properties) {
        return producer(properties);
    }

    /** A producer with these settings; to be closed. */
    Producer<Object, Object> producer(Properties properties) {
        Properties own = copy(properties);
        own.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        own.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return producers.get(own);
    }

    private static Properties copy(Properties properties) {
        Properties own = new Properties();
        Map<String, Object> given = new HashMap<>();
        properties.forEach((key, value) -> given.put(key.toString(), value));
        own.putAll(given);
        return own;
    }

    @Override
    public String toString() {
        return "FlowClientFactory[" + handover + "]";
    }
}
