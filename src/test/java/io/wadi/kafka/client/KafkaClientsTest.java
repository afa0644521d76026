package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.SettingsException;
import java.time.Clock;
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
}
