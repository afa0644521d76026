package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.HealthThresholds;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class StreamsComponentTest {
    /** The topic of dead letters accepts 32 MiB. A send that the producer rejects would be repeated endlessly. */
    @Test
    void producerOfEachFlow_acceptsTheDeadLetterOfAnyRecord() {
        Duration any = Duration.ofSeconds(1);
        StreamsComponent component = new StreamsComponent(
                new KafkaClients("localhost:1", new PartitionStates(new CompositeMeterRegistry(), Clock.systemUTC())),
                new StreamsComponent.Options("state", "", new HealthThresholds(any, any, any, any), any));

        Properties settings = component.settings(new StreamsFlow(
                "flow", Map.of(), Topology::new, admin -> Optional.empty(), () -> () -> {}, Optional::empty));

        assertThat(new StreamsConfig(settings).getProducerConfigs("client"))
                .containsEntry("max.request.size", 33 << 20)
                .containsEntry("buffer.memory", 49L << 20);
    }
}
