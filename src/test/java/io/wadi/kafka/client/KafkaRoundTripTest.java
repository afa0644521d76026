package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.PasswordBroker;
import io.wadi.kafka.partitions.PartitionStates;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.junit.jupiter.api.Test;

class KafkaRoundTripTest {
    private static final String TOPIC = "wadi.health";

    /** Otherwise the process would not be ready until it is restarted. */
    @Test
    void checkThatBeginsBeforeKafkaHasItsUser_writesOnceKafkaHasIt() throws Exception {
        try (PasswordBroker broker = new PasswordBroker(TOPIC, 1);
                KafkaRoundTrip check = new KafkaRoundTrip(clients(broker), TOPIC, Duration.ofSeconds(1))) {
            assertThat(check.check().message()).startsWith("failed to write a record to wadi.health: ");
            broker.accept();

            // The stub has no records.
            await().until(() -> check.check().message().startsWith("wadi.health-0@5 was written, but not read"));
        }
    }

    private static KafkaClients clients(PasswordBroker broker) {
        KafkaClients clients =
                new KafkaClients(broker.address(), new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()));
        KafkaConfiguration configuration = clients.component().getConfiguration();
        configuration.setSecurityProtocol("SASL_PLAINTEXT");
        configuration.setSaslMechanism("PLAIN");
        configuration.setSaslJaasConfig(
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u\" password=\"p\";");
        return clients;
    }
}
