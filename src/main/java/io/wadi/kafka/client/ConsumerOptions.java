package io.wadi.kafka.client;

import java.util.Map;
import java.util.Set;

/**
 * The treatment of each option of camel-kafka's endpoint on a consumer. Every option is in exactly one of the sets
 * {@link #HONORED}, {@link #CHECKED}, {@link #FIXED} and {@link #PRODUCER}; a test compares them with the options of
 * camel-kafka.
 */
final class ConsumerOptions {
    /**
     * Options that camel-kafka or Kafka's consumer honors with every value. A record is delivered after the exchange of
     * the previous one has ended, regardless of {@code synchronous}.
     */
    static final Set<String> HONORED = names("""
        brokers checkCrcs clientId connectionMaxIdleMs consumerRequestTimeoutMs consumersCount exchangePattern
        fetchMaxBytes fetchMinBytes fetchWaitMaxMs groupId headerDeserializer headerFilterStrategy
        heartbeatIntervalMs interceptorClasses isolationLevel kafkaManualCommitFactory
        kerberosBeforeReloginMinTime kerberosConfigLocation kerberosInitCmd kerberosPrincipalToLocalRules
        kerberosRenewJitter kerberosRenewWindowFactor maxPartitionFetchBytes maxPollIntervalMs maxPollRecords
        metadataMaxAgeMs metricReporters metricsSampleWindowMs noOfMetricsSample partitionAssignor pollTimeoutMs
        preValidateHostAndPort receiveBufferBytes reconnectBackoffMaxMs reconnectBackoffMs retryBackoffMaxMs
        retryBackoffMs saslJaasConfig saslKerberosServiceName saslMechanism securityProtocol sessionTimeoutMs
        shutdownTimeout sslCipherSuites sslContextParameters sslEnabledProtocols sslEndpointAlgorithm
        sslKeymanagerAlgorithm sslKeyPassword sslKeystoreLocation sslKeystorePassword sslKeystoreType sslProtocol
        sslProvider sslTrustmanagerAlgorithm sslTruststoreLocation sslTruststorePassword sslTruststoreType
        synchronous topic topicIsPattern
        """);

    /** Options that are honored with some values; {@link ConsumingEndpoint} rejects the others. */
    static final Set<String> CHECKED = names("""
        additionalProperties allowManualCommit autoCommitEnable autoOffsetReset kafkaClientFactory pollOnError
        """);

    /** Advice on how to skip failed records. */
    static final String SKIPPED =
            "To skip failed records, handle them with onException (handled: true) or a dead-letter channel";

    private static final String BYTES = "keys and values are delivered as bytes, and Camel's type converters convert"
            + " them to strings; convert other types in the route, as with unmarshal, and remove it";

    private static final String NO_DESERIALIZER =
            "keys and values are delivered as bytes; remove it, and convert them in the route";

    private static final String REDELIVERED = "a failed record is logged and delivered again, after the backoff of its"
            + " partition; remove it, and handle failures with onException or a dead-letter channel";

    /** Options that are honored with Wadi's own value only, with the reason and what to do instead. */
    static final Map<String, String> FIXED = Map.ofEntries(
            Map.entry(
                    "autoCommitIntervalMs",
                    "offsets of completed records are committed after each poll, or ten times a second; remove it"),
            Map.entry(
                    "batching",
                    "Camel would put the records of many partitions into one exchange; set"
                            + " kafkaClientFactory=#record-batches to receive batches of records"),
            Map.entry(
                    "batchingIntervalMs",
                    "batches are those of a poll; set kafkaClientFactory=#record-batches instead"),
            Map.entry("breakOnFirstError", "the consumer never continues after a failed record; remove it. " + SKIPPED),
            Map.entry("bridgeErrorHandler", REDELIVERED),
            Map.entry("exceptionHandler", REDELIVERED),
            Map.entry("commitTimeoutMs", "a commit waits 10 s for Kafka and is repeated if it fails; remove it"),
            Map.entry(
                    "groupInstanceId",
                    "all consumers of the route would share it, and Kafka admits only one; remove it"),
            Map.entry("keyDeserializer", BYTES),
            Map.entry("valueDeserializer", BYTES),
            Map.entry("schemaRegistryURL", NO_DESERIALIZER),
            Map.entry("specificAvroReader", NO_DESERIALIZER),
            Map.entry(
                    "offsetRepository",
                    "offsets are committed to Kafka, where the group's members find them; remove it"),
            Map.entry(
                    "seekTo",
                    "each assignment would read the partition anew or skip records; remove it, and set the group's"
                            + " offsets with the command groups"));

    /** Options of producers, which have no effect on a consumer. */
    static final Set<String> PRODUCER = names("""
        batchWithIndividualHeaders bufferMemorySize compressionCodec deliveryTimeoutMs enableIdempotence
        headerSerializer key keySerializer lazyStartProducer lingerMs maxBlockMs maxInFlightRequest
        maxRequestSize partitioner partitionerIgnoreKeys partitionKey producerBatchSize queueBufferingMaxMessages
        recordMetadata requestRequiredAcks requestTimeoutMs retries sendBufferBytes transacted transactionalId
        useIterator valueSerializer workerPool workerPoolCoreSize workerPoolMaxSize
        """);

    /**
     * Options of consumers, which have no effect on a producer; without {@code exchangePattern}, which a dynamic step
     * uses when it sends.
     */
    static final Set<String> CONSUMER = names("""
        allowManualCommit autoCommitEnable autoCommitIntervalMs autoOffsetReset batching batchingIntervalMs
        breakOnFirstError bridgeErrorHandler checkCrcs commitTimeoutMs consumerRequestTimeoutMs consumersCount
        exceptionHandler fetchMaxBytes fetchMinBytes fetchWaitMaxMs groupId groupInstanceId headerDeserializer
        heartbeatIntervalMs isolationLevel kafkaManualCommitFactory keyDeserializer maxPartitionFetchBytes
        maxPollIntervalMs maxPollRecords offsetRepository partitionAssignor pollOnError pollTimeoutMs
        preValidateHostAndPort seekTo sessionTimeoutMs specificAvroReader topicIsPattern valueDeserializer
        """);

    /** Options in {@link #FIXED}, and options that the consumer sets itself, by Kafka's names. */
    static final Map<String, String> PROPERTIES = Map.of(
            "auto.commit.interval.ms", "autoCommitIntervalMs",
            "enable.auto.commit", "autoCommitEnable",
            "group.instance.id", "groupInstanceId",
            "key.deserializer", "keyDeserializer",
            "value.deserializer", "valueDeserializer");

    /** Wadi's own properties of consumers. */
    static final Set<String> OF_WADI = Set.of(AssignedPartitions.NAME, FlowClientFactory.TRANSACTIONAL);

    private ConsumerOptions() {}

    private static Set<String> names(String text) {
        return Set.of(text.strip().split("\\s+"));
    }
}
