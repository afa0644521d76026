package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.RouteControl;
import io.wadi.testing.Warnings;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.component.kafka.KafkaEndpointUriFactory;
import org.apache.camel.component.kafka.PollExceptionStrategy;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of camel-kafka's endpoint is honored on a consumer, or rejected with the reason. */
class ConsumerOptionsTest extends EndpointOptionsTestSupport {
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
                "consumersCount=2&additionalProperties.wadi.partitions=0-1 | consumersCount=2 is not supported: with"
                        + " additionalProperties.wadi.partitions each consumer would read",
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

    @Test
    void propertyThatAClassOfSaslMayRead_isAccepted() {
        KafkaEndpoint endpoint = prepare("kafka:t?groupId=g&additionalProperties.example=5"
                + "&additionalProperties.sasl.login.callback.handler.class="
                + OAuthBearerLoginCallbackHandler.class.getName());

        assertThat(endpoint.getConfiguration().getAdditionalProperties()).containsEntry("example", "5");
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
