package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.Flow;
import io.wadi.kafka.Handover;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.SettingsException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Component;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ContextServiceLoaderPluginResolver;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;

final class KafkaClientsTest {
    private static KafkaClients of(String brokers) {
        return new KafkaClients(brokers, new PartitionStates(new CompositeMeterRegistry(), Clock.systemUTC()));
    }

    @Test
    void check_doesNotConnect() {
        assertThatCode(() -> of("localhost:1").check()).doesNotThrowAnyException();
    }

    @Test
    void check_invalidProducer_isRejected() {
        KafkaClients clients = of("localhost:1");
        clients.component().getConfiguration().setMaxInFlightRequest(10);

        assertThatThrownBy(clients::check)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("max.in.flight.requests.per.connection");
    }

    /** Names may be resolvable later, such as those of containers that are not started yet. */
    @Test
    void check_unresolvableNames_areNoInvalidSettings() {
        assertThatThrownBy(() -> of("nowhere.invalid:9092").check())
                .isInstanceOf(UnresolvedBrokersException.class)
                .hasMessage("wadi.kafka.brokers=nowhere.invalid:9092: none of the names can be resolved");
    }

    /** Kafka's producer rejects a record that is larger than its buffer or its largest request, before compression. */
    @Test
    void bufferOfProducersOfDeadLetters_hasRoomForTheLargestRequest() {
        KafkaClients clients = of("localhost:9092");

        for (Properties producer : List.of(clients.backgroundProperties(), clients.transactionalProperties("id"))) {
            assertThat(number(producer, ProducerConfig.BUFFER_MEMORY_CONFIG))
                    .isGreaterThanOrEqualTo(number(producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG))
                    .isGreaterThanOrEqualTo(128 << 20);
        }

        clients.component().getConfiguration().setMaxRequestSize(10_000);
        for (Properties producer : List.of(clients.backgroundProperties(), clients.transactionalProperties("id"))) {
            assertThat(number(producer, ProducerConfig.BUFFER_MEMORY_CONFIG)).isEqualTo(32 << 20);
        }

        for (int configured : new int[] {16 << 20, 256 << 20}) {
            clients.component().getConfiguration().setBufferMemorySize(configured);
            assertThat(number(clients.backgroundProperties(), ProducerConfig.BUFFER_MEMORY_CONFIG))
                    .as("configured by the operator")
                    .isEqualTo(configured);
        }
    }

    /** Routes with equal URIs share an endpoint. */
    @Test
    void consumerThreadsOfRoutesWithEqualUris_areAllFound() throws Exception {
        KafkaClients clients = of("localhost:1");
        try (DefaultCamelContext context = context(clients)) {
            context.addRoutes(reading("one"));
            context.addRoutes(reading("other"));
            context.start();

            await().untilAsserted(() -> assertThat(
                            clients.routeControl().threads().findMissing(context, Duration.ofMinutes(10)))
                    .isEmpty());
        }
    }

    /** As when a changed route file with a new id is rejected because of another mistake. */
    @Test
    void routeThatIsTriedOut_doesNotChangeTheEndpointOfTheRunningRoute() throws Exception {
        try (DefaultCamelContext context = context(of("localhost:1"))) {
            context.addRoutes(reading("running"));
            context.start();

            for (RouteDefinition each :
                    reading("renamed").configureRoutes(context).getRoutes()) {
                Route tried = context.getModelReifierFactory().createRoute(context, each);
                tried.getRoutePolicyList().forEach(policy -> policy.onInit(tried));
            }

            assertThat(context.getRoute("running").getEndpoint())
                    .isInstanceOfSatisfying(
                            KafkaEndpoint.class,
                            endpoint -> assertThat(endpoint.getConfiguration().getAdditionalProperties())
                                    .containsEntry(RouteControl.ROUTE, "running"));
        }
    }

    private static DefaultCamelContext context(KafkaClients clients) {
        DefaultCamelContext context = new DefaultCamelContext() {
            @Override
            protected ContextServiceLoaderPluginResolver createContextServiceLoaderPlugin() {
                return new Flow.NoPlugins();
            }
        };
        context.getRegistry().bind("kafka", Component.class, clients.component());
        context.addRoutePolicyFactory(new RecordCompletion());
        return context;
    }

    private static RouteBuilder reading(String id) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("kafka:topic?groupId=group").routeId(id).process(exchange -> {});
            }
        };
    }

    /** The first consumer of a deleted topic would create it again with the brokers' defaults. */
    @Test
    void consumersOfRoutes_createNoTopics_unlessConfigured() {
        FlowClientFactory factory = of("localhost:9092").factory(Handover.RECORDS);
        Properties configured = new Properties();
        configured.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "true");

        assertThat(factory.consumerProperties(new Properties()))
                .containsEntry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        assertThat(factory.consumerProperties(configured))
                .containsEntry(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "true");
    }

    @Test
    void batchesOfTransactions_areLarger_unlessConfigured() {
        KafkaClients clients = of("localhost:9092");
        assertThat(number(clients.backgroundProperties(), ProducerConfig.BATCH_SIZE_CONFIG))
                .isEqualTo(16 << 10);
        assertThat(number(clients.transactionalProperties("id"), ProducerConfig.BATCH_SIZE_CONFIG))
                .isEqualTo(64 << 10);

        clients.component().getConfiguration().setProducerBatchSize(1 << 10);
        assertThat(number(clients.transactionalProperties("id"), ProducerConfig.BATCH_SIZE_CONFIG))
                .as("configured by the operator")
                .isEqualTo(1 << 10);
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(properties.get(name).toString());
    }
}
