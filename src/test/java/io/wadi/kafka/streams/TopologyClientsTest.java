package io.wadi.kafka.streams;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.Test;

/** Consumers of a topology whose start has failed. */
class TopologyClientsTest {
    private static final Map<String, Object> SETTINGS = Map.of("bootstrap.servers", "localhost:1");

    @Test
    void close_closesAnUnusedGlobalConsumer_andMayBeRepeated() {
        TopologyClients clients = new TopologyClients();
        clients.close();
        Consumer<byte[], byte[]> global = clients.getGlobalConsumer(SETTINGS);
        clients.close();
        assertThatThrownBy(global::assignment).hasMessageContaining("already been closed");
        clients.close();
    }
}
