package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The supported levels of {@code metadata.version}; TopicsOnKafkaIT reads those of a broker. */
final class BrokerVersionTest {
    private static final int KAFKA_3_8 = 20;
    private static final int KAFKA_3_9 = 21;

    @Test
    void refusal_olderBroker_namesItsLevel_andTheOldestVersion() {
        assertThat(BrokerVersion.OLDEST.refusal(KAFKA_3_8))
                .hasValue("Kafka is older than 3.9 (metadata.version up to 20, expected 21 or higher):"
                        + " upgrade its brokers");
    }

    @Test
    void refusal_oldestSupportedBroker_andNewerOnes_areAccepted() {
        assertThat(BrokerVersion.OLDEST.refusal(KAFKA_3_9)).isEmpty();
        assertThat(BrokerVersion.OLDEST.refusal(KAFKA_3_9 + 1)).isEmpty();
    }
}
