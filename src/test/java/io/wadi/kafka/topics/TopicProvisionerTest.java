package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

final class TopicProvisionerTest {
    @Test
    void producerThatCannotBeCreated_isCreatedLater() throws Exception {
        assertCreatedAfter(() -> {
            throw new KafkaException("no name is resolvable");
        });
        assertCreatedAfter(() -> {
            throw new NoClassDefFoundError("io/wadi/Missing");
        });
    }

    private static void assertCreatedAfter(Runnable failure) throws Exception {
        Properties client = new Properties();
        client.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch created = new CountDownLatch(1);
        try (TopicProvisioner provisioner = new TopicProvisioner(
                "localhost:1", Topics.parse("topics: [{name: a, partitions: 1}]"), Set.of(), () -> client, () -> {
                    if (attempts.getAndIncrement() == 0) {
                        failure.run();
                    }
                    created.countDown();
                    return new MockProducer<>();
                })) {
            provisioner.start();

            assertThat(created.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }
}
