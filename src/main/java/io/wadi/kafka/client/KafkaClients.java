package io.wadi.kafka.client;

import io.wadi.kafka.Causes;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.WadiHeaders;
import io.wadi.kafka.consumer.Handover;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.camel.component.kafka.PollOnError;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Camel's {@code kafka} component as Wadi sets it, and the clients of Kafka that are made outside routes. All follow the
 * component's settings, so that {@code camel.component.kafka.*} (SASL, SSL) holds for every one.
 */
public final class KafkaClients {
    /** Measured (docs/explanation/benchmarks.md): with 64 clients each waiting for its answer 1 ms takes 3.5 times the events that 5 ms take. */
    private static final String PROMPT_LINGER_MS = "1";

    private static final Duration FOR_GOOD = Duration.ofDays(3650);
    private static final long TRANSACTION_MS = 10_000;

    /** No limit but the topic's own. */
    private static final int LARGEST_RECORD = 128 << 20;

    private static final Pattern COMMON = Pattern.compile("bootstrap\\.servers|(security|sasl|ssl)\\..*"
            + "|session\\.timeout\\.ms|heartbeat\\.interval\\.ms|max\\.poll\\.interval\\.ms");

    private final SharedProducers producers = new SharedProducers();
    private final PartitionStates states;
    private final PipelineMetrics figures;
    private final RouteWork work = new RouteWork();
    private final FlowClientFactory records;
    private final KafkaComponent component;

    /** Takes the bootstrap servers and who is told how partitions are doing; nobody keeps figures of them. */
    public KafkaClients(String brokers, PartitionStates states) {
        this(brokers, states, PipelineMetrics.off());
    }

    /** Takes the bootstrap servers, who is told how partitions are doing, and who keeps figures of them. */
    public KafkaClients(String brokers, PartitionStates states, PipelineMetrics figures) {
        this.states = states;
        this.figures = figures;
        records = factory(Handover.RECORDS);
        component = new KafkaComponent();
        component.setConfiguration(configuration(brokers));
        component.setKafkaClientFactory(records);
    }

    private static KafkaConfiguration configuration(String brokers) {
        KafkaConfiguration configuration = new KafkaConfiguration();
        configuration.setBrokers(brokers);
        // Tells Camel what to convert keys and values to; the factory insists on it.
        configuration.setKeySerializer(ByteArraySerializer.class.getName());
        configuration.setValueSerializer(ByteArraySerializer.class.getName());
        configuration.setAutoCommitEnable(false);
        configuration.setAutoOffsetReset("earliest");
        // What a transaction has taken back is handed to no route.
        configuration.setIsolationLevel("read_committed");
        // The others of a group learn of a rebalance by their heartbeat: at most a second after a member is found dead.
        configuration.setHeartbeatIntervalMs(1000);
        configuration.setPollOnError(PollOnError.RECONNECT);
        configuration.setPollTimeoutMs(500L);
        configuration.setRequestRequiredAcks("all");
        configuration.setEnableIdempotence(true);
        configuration.setLingerMs(5);
        // How large a record may be the topic says, which looks at it compressed.
        configuration.setMaxRequestSize(LARGEST_RECORD);
        configuration.setCompressionCodec("lz4");
        configuration.setDeliveryTimeoutMs((int) SharedProducers.DELIVERY_TIMEOUT.toMillis());
        configuration.setHeaderFilterStrategy(new WadiHeaders());
        return configuration;
    }

    /** What the routes of these clients are asked, and the threads that do their work. */
    public RouteWork work() {
        return work;
    }

    /** The component, to be bound as {@code kafka}; it hands records over one by one. */
    public KafkaComponent component() {
        return component;
    }

    /** The clients of an endpoint whose records are to be handed over in this way. */
    public FlowClientFactory factory(Handover handover) {
        return new FlowClientFactory(handover, producers, states, figures, work, this::transactionalProducer);
    }

    /** A producer that tries to deliver for two minutes, for work that can wait. To be closed. */
    public Producer<Object, Object> patientProducer() {
        return records.producer(producerProperties());
    }

    /** A producer that gives up after this time, for somebody who waits for one record's acknowledgement. To be closed. */
    public Producer<Object, Object> producerWithin(Duration acknowledgement) {
        Properties impatient = producerProperties();
        String withinMs = Long.toString(acknowledgement.toMillis());
        impatient.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, withinMs);
        impatient.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(acknowledgement.toMillis() / 2));
        impatient.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, withinMs);
        return records.producer(impatient);
    }

    /**
     * A producer that gives up within the given time, for clients that wait for the answer. It never blocks who sends: what it
     * has no room for, or a topic it does not know yet, is refused at once. A topic it knows it knows for good. To be closed.
     *
     * @param bufferBytes the room it has for records without an acknowledgement
     * @param maxRecordBytes the largest record it takes, as far as it decides
     */
    public Producer<Object, Object> promptProducer(long acknowledgeWithinMs, long bufferBytes, long maxRecordBytes) {
        Properties prompt = producerProperties();
        prompt.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(acknowledgeWithinMs));
        prompt.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(acknowledgeWithinMs / 2));
        prompt.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "0");
        prompt.put(ProducerConfig.LINGER_MS_CONFIG, PROMPT_LINGER_MS);
        prompt.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Long.toString(bufferBytes));
        prompt.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Long.toString(maxRecordBytes));
        prompt.put(ProducerConfig.METADATA_MAX_IDLE_CONFIG, Long.toString(FOR_GOOD.toMillis()));
        return records.producer(prompt);
    }

    /**
     * A producer for one consumer's transactions. One that is left open by a crash ends after ten seconds: until then the next
     * owner of its partition waits for the committed offset.
     */
    private Producer<Object, Object> transactionalProducer() {
        return transactionalProducer("wadi-" + UUID.randomUUID());
    }

    /** The same with an identity: who makes another of it shuts this one out. To be closed. */
    public Producer<Object, Object> transactionalProducer(String id) {
        Properties transactional = producerProperties();
        transactional.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        transactional.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Long.toString(TRANSACTION_MS));
        transactional.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(TRANSACTION_MS));
        transactional.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(TRANSACTION_MS / 2));
        transactional.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(TRANSACTION_MS));
        transactional.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        transactional.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return new KafkaProducer<>(transactional);
    }

    /** A producer for one small record at a time, which waits so long for its topic and as long for the acknowledgement. To be closed. */
    Producer<byte[], byte[]> probingProducer(Duration within) {
        Properties probing = producerProperties();
        probing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis()));
        probing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis() / 2));
        probing.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.toString(within.toMillis()));
        probing.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        probing.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(1 << 20));
        probing.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        probing.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        return new KafkaProducer<>(probing);
    }

    /** A consumer of no group, for what is assigned to it by hand. To be closed. */
    Consumer<byte[], byte[]> probingConsumer(Duration within) {
        Properties probing = observerProperties("");
        probing.remove(ConsumerConfig.GROUP_ID_CONFIG);
        probing.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis()));
        probing.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(within.toMillis()));
        return new KafkaConsumer<>(probing);
    }

    private Properties producerProperties() {
        return withBrokers(component.getConfiguration().createProducerProperties());
    }

    /**
     * Refuses settings that no client can be made of, whatever Kafka says to them; Kafka may be away.
     *
     * @throws SettingsException with what is wrong
     */
    public void check() {
        Properties admin = adminProperties();
        try {
            Admin.create(admin).close(Duration.ZERO);
        } catch (KafkaException | IllegalArgumentException e) {
            throw new SettingsException(List.of(
                    "wadi.kafka.brokers=%s, camel.component.kafka.*: no client can be made of these settings: %s"
                            .formatted(admin.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG), withoutSecrets(e))));
        }
    }

    /** Kafka cites what it does not understand in a JAAS configuration, which may be a part of the password. */
    private static String withoutSecrets(Exception e) {
        String said = Causes.inShort(Causes.innermost(e));
        return said.contains("JAAS") ? said.replaceAll("'.*'", "'…'") : said;
    }

    /** The settings of an admin client. */
    public Properties adminProperties() {
        Properties admin = new Properties();
        for (Map.Entry<Object, Object> setting : withBrokers(
                        component.getConfiguration().createConsumerProperties())
                .entrySet()) {
            if (AdminClientConfig.configNames().contains(setting.getKey())) {
                admin.put(setting.getKey(), setting.getValue());
            }
        }
        long timeoutMs = TimeUnit.SECONDS.toMillis(5);
        admin.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Long.toString(timeoutMs));
        admin.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(timeoutMs));
        return admin;
    }

    /**
     * What all clients of Wadi have in common, for libraries that make clients of their own: the brokers, TLS and login, and
     * when a member of a group is taken for dead.
     */
    public Properties commonProperties() {
        Properties common = new Properties();
        withBrokers(component.getConfiguration().createConsumerProperties()).forEach((name, value) -> {
            if (COMMON.matcher(name.toString()).matches()) {
                common.put(name, value);
            }
        });
        return common;
    }

    /**
     * The settings of a consumer that looks at what a group's consumers see, beside them: as far as they have committed and
     * with their isolation, and never beyond what Kafka has.
     */
    public Properties observerProperties(String group) {
        Properties observer = withBrokers(component.getConfiguration().createConsumerProperties());
        observer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        observer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        observer.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        observer.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        observer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        observer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        observer.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Long.toString(TimeUnit.SECONDS.toMillis(10)));
        return observer;
    }

    private Properties withBrokers(Properties properties) {
        properties.put(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                component.getConfiguration().getBrokers());
        return properties;
    }
}
