package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Flow;
import io.wadi.kafka.Handover;
import io.wadi.kafka.RouteControl;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Warnings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.apache.camel.Component;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.component.kafka.KafkaEndpointUriFactory;
import org.apache.camel.component.kafka.PollExceptionStrategy;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.component.kafka.serde.DefaultKafkaHeaderDeserializer;
import org.apache.camel.component.kafka.serde.DefaultKafkaHeaderSerializer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ContextServiceLoaderPluginResolver;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.processor.state.MemoryStateRepository;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of camel-kafka's endpoint is honored on a consumer, or rejected with the reason. */
class ConsumerOptionsTest {
    /** For each fixed option, a value that differs from Wadi's. */
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("autoCommitIntervalMs", "50"),
            Map.entry("batching", "true"),
            Map.entry("batchingIntervalMs", "100"),
            Map.entry("breakOnFirstError", "false"),
            Map.entry("bridgeErrorHandler", "true"),
            Map.entry("exceptionHandler", "#exceptions"),
            Map.entry("commitTimeoutMs", "1000"),
            Map.entry("groupInstanceId", "a"),
            Map.entry("keyDeserializer", "org.apache.kafka.common.serialization.StringDeserializer"),
            Map.entry("valueDeserializer", "org.apache.kafka.common.serialization.StringDeserializer"),
            Map.entry("schemaRegistryURL", "http://localhost:8081"),
            Map.entry("specificAvroReader", "true"),
            Map.entry("offsetRepository", "#offsets"),
            Map.entry("seekTo", "BEGINNING"));

    @AutoClose("stop")
    private final DefaultCamelContext camel = new DefaultCamelContext() {
        @Override
        protected ContextServiceLoaderPluginResolver createContextServiceLoaderPlugin() {
            return new Flow.NoPlugins();
        }
    };

    private final KafkaClients kafka = KafkaProbe.clients("localhost:1");

    ConsumerOptionsTest() {
        camel.getRegistry().bind("kafka", Component.class, kafka.component());
        camel.getRegistry().bind("record-batches", kafka.factory(Handover.BATCHES));
        camel.getRegistry().bind("own-clients", new DefaultKafkaClientFactory());
        camel.getRegistry().bind("exceptions", new LoggingExceptionHandler(camel, getClass()));
        camel.getRegistry().bind("offsets", new MemoryStateRepository());
        camel.getRegistry().bind("headerDeserializer", new DefaultKafkaHeaderDeserializer());
        camel.getRegistry().bind("commits", new DefaultKafkaManualCommitFactory());
        camel.getRegistry().bind("headerSerializer", new DefaultKafkaHeaderSerializer());
        camel.getRegistry().bind("workerPool", ForkJoinPool.commonPool());
    }

    private KafkaEndpoint prepare(String uri) {
        KafkaEndpoint endpoint = camel.getEndpoint(uri, KafkaEndpoint.class);
        endpoint.build();
        new ConsumingEndpoint("orders", endpoint).prepare();
        return endpoint;
    }

    private void assertRefused(String options, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> prepare("kafka:t?groupId=g&" + options))
                .withMessageContaining("Route orders: " + message);
    }

    // ---- the inventory

    private static List<String> all() {
        return Stream.of(
                        ConsumerOptions.HONORED,
                        ConsumerOptions.CHECKED,
                        ConsumerOptions.FIXED.keySet(),
                        ConsumerOptions.PRODUCER)
                .flatMap(Set::stream)
                .toList();
    }

    /** A new version of camel-kafka may have options that are in none of the sets yet: classify them. */
    @Test
    void eachOption_isClassifiedOnce() {
        assertThat(all()).containsExactlyInAnyOrderElementsOf(new KafkaEndpointUriFactory().propertyNames());
    }

    @Test
    void rejectedOptions_areDocumented() throws Exception {
        String page = Files.readString(Path.of("docs/how-to/migrate.md"));

        assertThat(ConsumerOptions.FIXED.keySet()).allMatch(option -> page.contains("`" + option + "`"));
        assertThat(ConsumerOptions.CHECKED).allMatch(option -> page.contains("`" + option));
    }

    static Set<String> fixed() {
        return ConsumerOptions.FIXED.keySet();
    }

    @ParameterizedTest
    @MethodSource("fixed")
    void fixedOption_withAnotherValue_isRejectedWithTheReason(String option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> prepare("kafka:t?groupId=g&" + option + "=" + OTHER_VALUES.get(option)))
                .withMessageStartingWith("Route orders: " + option + "=")
                .withMessageEndingWith(" is not supported: " + ConsumerOptions.FIXED.get(option));
    }

    static Set<String> producer() {
        return ConsumerOptions.PRODUCER;
    }

    @ParameterizedTest
    @MethodSource("producer")
    void producerOption_onAConsumer_isRejected(String option) {
        assertRefused(option + "=" + value(option), option + "=");
    }

    /** Returns a value that differs from Wadi's. */
    private String value(String option) {
        Class<?> type = new KafkaEndpointConfigurer().getOptionType(option, false);
        String value = type == Integer.class || type == int.class || type == Long.class ? "7" : "x";
        if (type == boolean.class || type == Boolean.class) {
            Object own = new KafkaEndpointConfigurer()
                    .getOptionValue(camel.getEndpoint("kafka:t", KafkaEndpoint.class), option, false);
            value = own.equals(true) ? "false" : "true";
        } else if (camel.getRegistry().lookupByName(option) != null) {
            value = "#" + option;
        }
        return value;
    }

    // ---- producers

    @Test
    void consumerOptions_matchTheCatalog() throws Exception {
        Set<String> labeled = new TreeSet<>();
        try (InputStream catalog =
                KafkaEndpoint.class.getResourceAsStream("/META-INF/org/apache/camel/component/kafka/kafka.json")) {
            new ObjectMapper().readTree(catalog).get("properties").properties().forEach(option -> {
                if (option.getValue().path("label").asText().contains("consumer")) {
                    labeled.add(option.getKey());
                }
            });
        }
        labeled.remove("exchangePattern");
        assertThat(new TreeSet<>(ConsumerOptions.CONSUMER)).isEqualTo(labeled);
        assertThat(all()).containsAll(labeled);
    }

    static Set<String> consumer() {
        return ConsumerOptions.CONSUMER;
    }

    @ParameterizedTest
    @MethodSource("consumer")
    void consumerOption_onAProducer_isRejected(String option) {
        assertRefusedOnProducer("kafka:out?" + option + "=" + otherValue(option), option);
    }

    private String otherValue(String option) {
        if (OTHER_VALUES.containsKey(option)) {
            return OTHER_VALUES.get(option);
        }
        return switch (option) {
            case "autoOffsetReset" -> "latest";
            case "headerDeserializer" -> "#headerDeserializer";
            case "isolationLevel" -> "read_uncommitted";
            case "kafkaManualCommitFactory" -> "#commits";
            case "pollOnError" -> "STOP";
            default -> value(option);
        };
    }

    private void assertRefusedOnProducer(String uri, String option) {
        KafkaEndpoint endpoint = camel.getEndpoint(uri, KafkaEndpoint.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumingEndpoint.rejectOnProducer("orders", endpoint))
                .withMessageStartingWith("Route orders: " + option + "=")
                .withMessageEndingWith(
                        " on the producer of kafka:out is not supported: it is an option of consumers; remove it");
    }

    /** Camel would commit after the record is completed; a failure of that commit would lose its output. */
    @ParameterizedTest
    @ValueSource(strings = {"transacted=true", "transactionalId=x", "additionalProperties.transactional.id=x"})
    void transactionOfCamel_onAProducer_isRejected(String option) {
        KafkaEndpoint endpoint = camel.getEndpoint("kafka:out?" + option, KafkaEndpoint.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumingEndpoint.rejectOnProducer("orders", endpoint))
                .withMessageStartingWith("Route orders: " + option + " on the producer of kafka:out is not supported: ")
                .withMessageContaining("additionalProperties.wadi.transactional=true");
    }

    /** The producer of a dynamic step is created when a record is sent. */
    @Test
    void producerWithATransactionalId_isNotCreated() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", "localhost:1");
        properties.put("transactional.id", "x");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> kafka.factory(Handover.RECORDS).getProducer(properties))
                .withMessageContaining("transactional.id=x is not supported on a producer");
    }

    /** The check covers each step that sends: in a branch, to a dead-letter topic, or after the exchange. */
    @Test
    void consumerOptionOnATarget_failsTheStart() {
        List<RouteBuilder> routes = List.of(
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:branch")
                                .routeId("orders")
                                .choice()
                                .when(constant(true))
                                .to("kafka:out?groupId=g");
                    }
                },
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        onException(Exception.class).handled(true).to("kafka:out?groupId=g");
                        from("direct:failing").routeId("orders").to("log:x");
                    }
                },
                new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:completion")
                                .routeId("orders")
                                .onCompletion()
                                .to("kafka:out?groupId=g")
                                .end()
                                .to("log:x");
                    }
                });
        camel.addRoutePolicyFactory(new RecordCompletion());
        camel.start();
        for (RouteBuilder each : routes) {
            assertThatThrownBy(() -> camel.addRoutes(each))
                    .hasStackTraceContaining("Route orders: groupId=g on the producer of kafka:out is not supported");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka:out",
                "kafka:out?lingerMs=9&clientId=c&transacted=false&brokers=other:1&exchangePattern=InOnly"
            })
    void producerOptionsOnATarget_areAccepted(String uri) {
        ConsumingEndpoint.rejectOnProducer("orders", camel.getEndpoint(uri, KafkaEndpoint.class));
    }

    /** Routes use the component's producer options to send. */
    @Test
    void producerOptionOfTheComponent_isAccepted() {
        kafka.component().getConfiguration().setLingerMs(9);

        prepare("kafka:t?groupId=g");
    }

    @Test
    void fixedOptionOfTheComponent_isRejected() {
        kafka.component().getConfiguration().setBreakOnFirstError(false);

        assertRefused("clientId=c", "breakOnFirstError=false is not supported: ");
    }

    @Test
    void pollExceptionStrategyOfTheComponent_isRejected() {
        kafka.component().setPollExceptionStrategy(new PollExceptionStrategy() {
            @Override
            public boolean canContinue() {
                return true;
            }

            @Override
            public void handle(long partitionLastOffset, Exception exception) {}
        });

        assertRefused("clientId=c", "camel.component.kafka.poll-exception-strategy=");
    }

    // ---- options that are honored with some values

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "autoCommitEnable=false | autoCommitEnable=false is not supported: without allowManualCommit=true",
                "autoCommitEnable=true&allowManualCommit=true | autoCommitEnable=true is not supported: with"
                        + " allowManual",
                "allowManualCommit=true&additionalProperties.wadi.transactional=true"
                        + " | allowManualCommit=true is not supported: with wadi.transactional=true",
                "brokers=other:1&additionalProperties.wadi.transactional=true | brokers=other:1 is not supported: with",
                "pollOnError=DISCARD | pollOnError=DISCARD is not supported: records would be skipped",
                "pollOnError=ERROR_HANDLER | pollOnError=ERROR_HANDLER is not supported: records would be skipped",
                "autoOffsetReset=none | autoOffsetReset=none is not supported: the consumer would fail again and again",
                "autoOffsetReset=none&pollOnError=RETRY | autoOffsetReset=none is not supported: ",
                "autoOffsetReset=soon | Invalid value 'soon' for autoOffsetReset: expected earliest, latest or none",
                "kafkaClientFactory=#own-clients | kafkaClientFactory=",
                "topicIsPattern=true&additionalProperties.wadi.partitions=0 | topicIsPattern=true is not supported: ",
                "partitionAssignor=no.such.Assignor | Kafka's consumer cannot be created: ",
                "interceptorClasses=no.such.Interceptor | Kafka's consumer cannot be created: ",
                "sessionTimeoutMs=1000&heartbeatIntervalMs=2000 | Kafka's consumer cannot be created: ",
                "additionalProperties.enable.auto.commit=true | additionalProperties.enable.auto.commit=true is not",
                "additionalProperties.group.instance.id=a | additionalProperties.group.instance.id=a is not"
                        + " supported: ",
                "additionalProperties.fetch.mim.bytes=1 | additionalProperties.fetch.mim.bytes=1 is not supported: ",
                "additionalProperties.wadi.partition=1 | Unknown property additionalProperties.wadi.partition:"
                        + " expected",
                "additionalProperties.wadi.manualCommits=true | Unknown property"
                        + " additionalProperties.wadi.manualCommits",
            })
    void unsupportedValue_isRejectedWithTheReason(String options, String message) {
        assertRefused(options, message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "autoCommitEnable=true",
                "autoCommitEnable=false&allowManualCommit=true",
                "allowManualCommit=true",
                "breakOnFirstError=true",
                "pollOnError=RECONNECT",
                "pollOnError=RETRY",
                "pollOnError=STOP",
                "autoOffsetReset=none&pollOnError=STOP",
                "partitionAssignor=org.apache.kafka.clients.consumer.CooperativeStickyAssignor",
                "kafkaClientFactory=#record-batches",
                "valueDeserializer=org.apache.kafka.common.serialization.ByteArrayDeserializer",
                "additionalProperties.client.rack=a",
                "additionalProperties.wadi.transactional=true",
            })
    void supportedValue_isAccepted(String options) {
        prepare("kafka:t?groupId=g&" + options);
    }

    /** Kafka's consumer with this protocol requests its coordinator at once, and warns when it is closed before. */
    @Test
    void consumerProtocol_isCheckedWithoutAWarning() {
        GroupProtocol.CONSUMER.applyTo(kafka.component().getConfiguration());

        try (Warnings log = new Warnings("org.apache.kafka")) {
            prepare("kafka:t?groupId=checked");
            assertThat(log.lines()).noneMatch(line -> line.contains("groupId=checked"));
        }
        assertRefused(
                "sessionTimeoutMs=45000",
                "Kafka's consumer cannot be created: ConfigException: session.timeout.ms cannot be set when");
        assertRefused("interceptorClasses=no.such.Interceptor", "Kafka's consumer cannot be created: ");
    }

    /** A route that is stopped and started prepares its endpoint again. */
    @Test
    void endpointPreparedAgain_isAccepted() {
        KafkaEndpoint endpoint = prepare("kafka:t?groupId=g&allowManualCommit=true&autoCommitEnable=false");

        new ConsumingEndpoint("payments", endpoint).prepare();

        assertThat(endpoint.getConfiguration().getAdditionalProperties()).containsEntry(RouteControl.ROUTE, "payments");
        assertThat(((RouteCommits) endpoint.getKafkaManualCommitFactory()).factory())
                .isNotInstanceOf(RouteCommits.class);
    }

    /** Plain camel-kafka under another name keeps all its options. */
    @Test
    void endpointOfAnotherComponent_isUnchanged() {
        camel.addComponent("plain", new KafkaComponent());

        KafkaEndpoint endpoint = prepare("plain:t?brokers=localhost:1&breakOnFirstError=true&batching=true");

        assertThat(endpoint.getConfiguration().isBreakOnFirstError()).isTrue();
        assertThat(endpoint.getExceptionHandler()).isNull();
    }

    // ---- what reaches Kafka's consumer

    static Stream<String> honored() {
        return ConsumerOptions.HONORED.stream()
                .filter(option -> new KafkaEndpointConfigurer().getOptionType(option, false) == Integer.class)
                // These options are set with SASL only.
                .filter(option -> !option.startsWith("kerberos"));
    }

    @ParameterizedTest
    @MethodSource("honored")
    void supportedNumber_isPassedToKafka(String option) {
        KafkaEndpoint endpoint = camel.getEndpoint("kafka:t?groupId=g&" + option + "=12345", KafkaEndpoint.class);

        assertThat(endpoint.getConfiguration().createConsumerProperties().values().stream()
                        .map(Object::toString))
                .contains("12345");
    }
}
