package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.SettingsException;
import java.time.Clock;
import java.util.List;
import java.util.Properties;
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

        for (int configured : new int[] {16 << 20, 256 << 20}) {
            clients.component().getConfiguration().setBufferMemorySize(configured);
            assertThat(number(clients.backgroundProperties(), ProducerConfig.BUFFER_MEMORY_CONFIG))
                    .as("configured by the operator")
                    .isEqualTo(configured);
        }
    }

    private static long number(Properties properties, String name) {
        return Long.parseLong(properties.get(name).toString());
    }
}
