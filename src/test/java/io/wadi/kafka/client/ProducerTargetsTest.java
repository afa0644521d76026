package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.kafka.Handover;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that send records reject options of consumers and transactions of Camel, and accept options of producers. */
class ProducerTargetsTest extends EndpointOptionsTestSupport {
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

    @ParameterizedTest
    @ValueSource(strings = {"wadi.transactional=true", "wadi.partitions=0", "max.poll.records=5"})
    void consumerProperty_onAProducer_isRejected(String property) {
        String option = "additionalProperties." + property.substring(0, property.indexOf('='));
        String uri = "kafka:out?additionalProperties." + property;
        assertRefusedOnProducer(uri, option);
        assertRefusedOnProducer(uri + "&partitioner=example.Partitioner", option);
    }

    @Test
    void unknownProperty_onAProducer_isRejected() {
        KafkaEndpoint endpoint = camel.getEndpoint("kafka:out?additionalProperties.linger=5", KafkaEndpoint.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumingEndpoint.rejectOnProducer("orders", endpoint))
                .withMessage(
                        "Route orders: additionalProperties.linger=5 on the producer of kafka:out is not supported:"
                                + " Kafka's producer has no property of this name; remove it");
    }

    @Test
    void secretWithAMisspelledName_isHidden() {
        KafkaEndpoint endpoint =
                camel.getEndpoint("kafka:out?additionalProperties.sasl.jaas.confg=of-otto", KafkaEndpoint.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumingEndpoint.rejectOnProducer("orders", endpoint))
                .withMessageContaining("additionalProperties.sasl.jaas.confg=[hidden] ")
                .withMessageNotContaining("otto");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ConsumingEndpoint("orders", endpoint).prepare())
                .withMessageContaining("additionalProperties.sasl.jaas.confg=[hidden] ")
                .withMessageNotContaining("otto");
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

    /** Camel wraps the endpoints that an interceptor's pattern matches, including inputs of later routes. */
    @ParameterizedTest
    @CsvSource({
        "direct:in, kafka:out?groupId=g, groupId=g on the producer of kafka:out",
        "kafka:in?batching=true, log:x, batching=true is not supported"
    })
    void optionOfAnInterceptedEndpoint_failsTheStart(String input, String target, String rejected) throws Exception {
        camel.addRoutePolicyFactory(new RecordCompletion());
        camel.start();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("kafka:*").to("log:sent");
                from("direct:other").to("kafka:other");
            }
        });

        assertThatThrownBy(() -> camel.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from(input).routeId("orders").autoStartup(false).to(target);
                    }
                }))
                .hasStackTraceContaining("Route orders: " + rejected);
    }

    /** The endpoint of a dynamic step is known when a record is sent, its options mostly before. */
    @ParameterizedTest
    @ValueSource(strings = {"kafka:${header.to}?lingerMs=5&groupId=g", "kafka:{{out}}?groupId=${header.group}"})
    void consumerOptionOnADynamicTarget_failsTheStart(String uri) {
        camel.getPropertiesComponent().addInitialProperty("out", "out");
        camel.addRoutePolicyFactory(new RecordCompletion());
        camel.start();

        assertThatThrownBy(() -> camel.addRoutes(new RouteBuilder() {
                    @Override
                    public void configure() {
                        from("direct:dynamic").routeId("orders").toD(uri);
                    }
                }))
                .hasStackTraceContaining("Route orders: the option groupId on the dynamic producer of kafka:")
                .hasStackTraceContaining(" is not supported: it is an option of consumers; remove it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka:out",
                "kafka:out?additionalProperties.linger.ms=5",
                "kafka:out?partitioner=example.Partitioner&additionalProperties.example=5",
                "kafka:out?interceptorClasses=example.Interceptor&additionalProperties.example=5",
                "kafka:out?additionalProperties.interceptor.classes=example.Interceptor&additionalProperties.example=5",
                "kafka:out?additionalProperties.sasl.login.callback.handler.class=example.Login&additionalProperties.example=5",
                "kafka:out?lingerMs=9&clientId=c&transacted=false&brokers=other:1&exchangePattern=InOnly"
            })
    void producerOptionsOnATarget_areAccepted(String uri) {
        ConsumingEndpoint.rejectOnProducer("orders", camel.getEndpoint(uri, KafkaEndpoint.class));
    }
}
