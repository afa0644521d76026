package io.wadi.kafka.client;

import io.wadi.kafka.Causes;
import io.wadi.kafka.Handover;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.WadiHeaders;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.kafka.records.TopicReader;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Camel's {@code kafka} component with Wadi's configuration, and the Kafka clients outside of routes. All of them use
 * the component's settings, so {@code camel.component.kafka.*} (SASL, SSL) applies to each of them.
 */
public final class KafkaClients {
    /** Kafka's default {@code buffer.memory} of a producer, in bytes. */
    private static final int DEFAULT_BUFFER = 32 << 20;
    /** Kafka's default {@code batch.size} of a producer, in bytes. */
    private static final int DEFAULT_BATCH = 16 << 10;
    /** A transaction sends many records at once, so that larger batches take fewer requests and no longer time. */
    private static final int TRANSACTION_BATCH = 64 << 10;

    /** With 64 synchronous clients, 3.5 times the throughput of 5 ms (decision 76). */
    private static final String NON_BLOCKING_LINGER_MS = "1";

    private static final Duration METADATA_MAX_IDLE = Duration.ofDays(3650);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(10);

    /** The maximum request size, large enough that only the topic limits the size of records. */
    private static final int MAX_REQUEST_BYTES = 128 << 20;

    private static final Pattern COMMON = Pattern.compile("bootstrap\\.servers|(security|sasl|ssl)\\..*"
            + "|session\\.timeout\\.ms|heartbeat\\.interval\\.ms|max\\.poll\\.interval\\.ms");

    private final SharedProducers producers = new SharedProducers();
    private final PartitionStates states;
    private final PipelineMetrics metrics;
    private final RouteControl control = new RouteControl();
    private final FlowClientFactory records;
    private final KafkaComponent component;

    /** Creates clients without partition metrics. */
    public KafkaClients(String brokers, PartitionStates states) {
        this(brokers, GroupProtocol.CLASSIC, states, PipelineMetrics.off());
    }

    public KafkaClients(String brokers, GroupProtocol protocol, PartitionStates states, PipelineMetrics metrics) {
        this.states = states;
        this.metrics = metrics;
        records = factory(Handover.RECORDS);
        component = new KafkaComponent();
        KafkaConfiguration configuration = configuration();
        configuration.setBrokers(brokers);
        protocol.applyTo(configuration);
        component.setConfiguration(configuration);
        component.setKafkaClientFactory(records);
    }

    /** Returns the default configuration of endpoints. */
    static KafkaConfiguration configuration() {
        KafkaConfiguration configuration = new KafkaConfiguration();
        // Camel converts keys and values to bytes before the producer serializes them.
        configuration.setKeySerializer(ByteArraySerializer.class.getName());
        configuration.setValueSerializer(ByteArraySerializer.class.getName());
        configuration.setKeyDeserializer(ByteArrayDeserializer.class.getName());
        configuration.setValueDeserializer(ByteArrayDeserializer.class.getName());
        configuration.setBreakOnFirstError(true);
        configuration.setAutoOffsetReset("earliest");
        // Records of aborted transactions are not delivered.
        configuration.setIsolationLevel("read_committed");
        configuration.setPollOnError(PollOnError.RECONNECT);
        configuration.setPollTimeoutMs(500L);
        configuration.setRequestRequiredAcks("all");
        configuration.setEnableIdempotence(true);
        configuration.setLingerMs(5);
        // The topic limits the compressed size.
        configuration.setMaxRequestSize(MAX_REQUEST_BYTES);
        configuration.setCompressionCodec("lz4");
        configuration.setDeliveryTimeoutMs((int) SharedProducers.DELIVERY_TIMEOUT.toMillis());
        configuration.setHeaderFilterStrategy(new WadiHeaders());
        return configuration;
    }

    /**
     * Sets the source of producer settings by topic, which override those of the sender, except in transactions. They
     * have Kafka's names and values, and are read whenever a producer is created.
     */
    public void setTopicProducers(Supplier<Map<String, Map<String, String>>> topics) {
        producers.setTopics(topics);
    }

    public RouteControl routeControl() {
        return control;
    }

    /** Returns the component, to be bound as {@code kafka}; it delivers records one by one. */
    public KafkaComponent component() {
        return component;
    }

    /** Returns the client factory of endpoints with this handover. */
    public FlowClientFactory factory(Handover handover) {
        return new FlowClientFactory(handover, producers, states, metrics, control, this::transactionalProducer);
    }

    /** Returns a producer with a delivery timeout of two minutes, such as for dead letters. The caller closes it. */
    public Producer<Object, Object> backgroundProducer() {
        return records.producer(backgroundProperties());
    }

    Properties backgroundProperties() {
        return withBufferForLargestRecord(producerProperties());
    }

    /**
     * Raises the default buffer size: a producer rejects a record that is larger than its buffer before compression,
     * and a dead letter that is always rejected would block its partition. Kafka's client allocates only the memory
     * that unacknowledged records need.
     */
    private static Properties withBufferForLargestRecord(Properties properties) {
        if (isDefault(properties, ProducerConfig.BUFFER_MEMORY_CONFIG, DEFAULT_BUFFER)) {
            String largest =
                    properties.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG).toString();
            properties.put(
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    Integer.toString(Math.max(DEFAULT_BUFFER, Integer.parseInt(largest))));
        }
        return properties;
    }

    private static boolean isDefault(Properties properties, String name, int value) {
        return properties.get(name).toString().equals(Integer.toString(value));
    }

    /** Returns a producer with this delivery timeout, for synchronous sends. The caller closes it. */
    public Producer<Object, Object> producerWithin(Duration deliveryTimeout) {
        return records.producer(producerProperties(deliveryTimeout));
    }

    /**
     * Returns a producer that never blocks in send; the caller closes it. A send fails immediately if the buffer is
     * full or the topic's metadata is unknown. Fetched metadata is kept.
     *
     * @param bufferBytes the maximum size of all unacknowledged records
     * @param maxRecordBytes the maximum size of a record
     */
    public Producer<Object, Object> nonBlockingProducer(long deliveryTimeoutMs, long bufferBytes, long maxRecordBytes) {
        Properties properties = producerProperties(Duration.ofMillis(deliveryTimeoutMs));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, NON_BLOCKING_LINGER_MS);
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(bufferBytes));
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Long.toString(maxRecordBytes));
        properties.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Long.toString(METADATA_MAX_IDLE.toMillis()));
        return records.producer(properties);
    }

    /**
     * Returns a producer with this {@code transactional.id}, which fences older ones. A transaction left open by a
     * crash is aborted after ten seconds; until then the next owner of its partition waits for the committed offset.
     * The caller closes it.
     */
    public Producer<Object, Object> transactionalProducer(String id) {
        return new KafkaProducer<>(transactionalProperties(id));
    }

    Properties transactionalProperties(String id) {
        Properties transactional = withBufferForLargestRecord(producerProperties(TRANSACTION_TIMEOUT));
        if (isDefault(transactional, ProducerConfig.BATCH_SIZE_CONFIG, DEFAULT_BATCH)) {
            transactional.put(ProducerConfig.BATCH_SIZE_CONFIG, Integer.toString(TRANSACTION_BATCH));
        }
        transactional.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        transactional.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_TIMEOUT.toMillis()));
        return transactional;
    }

    /**
     * Returns a producer with this timeout for metadata, and the same one for acknowledgements. The caller closes it.
     */
    Producer<byte[], byte[]> probingProducer(Duration within) {
        Properties probing = producerProperties(within);
        probing.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        probing.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(1 << 20));
        return new KafkaProducer<>(probing);
    }

    /** Returns a reader with this timeout of each request. The caller closes it. */
    TopicReader probingReader(Duration within) {
        Properties probing = readerProperties();
        probing.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis()));
        probing.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis()));
        return new TopicReader(probing, TopicReader.Fetch.DEFAULT);
    }

    private Properties producerProperties() {
        Properties properties = withBrokers(component.getConfiguration().createProducerProperties());
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return properties;
    }

    private Properties producerProperties(Duration deliveryTimeout) {
        Properties properties = producerProperties();
        String timeoutMs = Long.toString(deliveryTimeout.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeoutMs);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(deliveryTimeout.toMillis() / 2));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeoutMs);
        return properties;
    }

    /**
     * Checks that clients can be created from the settings, without connecting to Kafka.
     *
     * @throws SettingsException if a client cannot be created, with the reason
     * @throws UnresolvedBrokersException if no server's name can be resolved
     */
    public void check() {
        Properties admin = adminProperties();
        Object brokers = admin.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        try {
            new ProducerConfig(producerProperties());
            Admin.create(admin).close(Duration.ZERO);
        } catch (KafkaException | IllegalArgumentException e) {
            if (areUnresolved(e)) {
                throw new UnresolvedBrokersException(
                        "wadi.kafka.brokers=%s: none of the names can be resolved".formatted(brokers));
            }
            throw new SettingsException(List.of(
                    "wadi.kafka.brokers=%s, camel.component.kafka.*: cannot create a client from these settings: %s"
                            .formatted(brokers, withoutSecrets(e))));
        }
    }

    /**
     * Returns whether a client was not created because no bootstrap server's name can be resolved. Kafka has no
     * exception type for this case.
     */
    static boolean areUnresolved(Exception e) {
        return String.valueOf(Causes.innermost(e).getMessage()).startsWith("No resolvable bootstrap urls");
    }

    /**
     * Describes an exception without secrets: Kafka quotes the invalid part of a JAAS configuration, which may contain
     * a part of the password.
     */
    static String withoutSecrets(Exception e) {
        String message = Causes.inShort(Causes.innermost(e));
        return message.contains("JAAS") ? message.replaceAll("'.*'", "'…'") : message;
    }

    /** Returns the settings of an admin client with a timeout of five seconds. */
    public Properties adminProperties() {
        return adminProperties(Duration.ofSeconds(5));
    }

    /** Returns the settings of an admin client with this timeout of a request, including its retries. */
    public Properties adminProperties(Duration timeout) {
        Properties admin = consumerProperties();
        admin.keySet().retainAll(AdminClientConfig.configNames());
        String timeoutMs = Long.toString(timeout.toMillis());
        admin.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMs);
        admin.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMs);
        return admin;
    }

    /**
     * Returns the settings common to all clients, for libraries that create their own: brokers, TLS, authentication,
     * and the timeouts of group members.
     */
    public Properties commonProperties() {
        Properties common = consumerProperties();
        common.keySet().removeIf(name -> !COMMON.matcher(name.toString()).matches());
        return common;
    }

    /**
     * Returns the settings of a consumer that reads the records and committed offsets of a group, with its isolation
     * level, without joining it. It does not reset offsets.
     */
    public Properties observerProperties(String group) {
        Properties observer = consumerProperties();
        GroupProtocol.removeFrom(observer);
        observer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        observer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        observer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        observer.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        observer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        observer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        observer.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TimeUnit.SECONDS.toMillis(10)));
        return observer;
    }

    /** Returns the settings of a consumer outside of groups, for a {@link TopicReader}. */
    public Properties readerProperties() {
        Properties reader = observerProperties("");
        reader.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return reader;
    }

    private Properties consumerProperties() {
        return withBrokers(component.getConfiguration().createConsumerProperties());
    }

    private Properties withBrokers(Properties properties) {
        properties.put(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                component.getConfiguration().getBrokers());
        return properties;
    }
}
