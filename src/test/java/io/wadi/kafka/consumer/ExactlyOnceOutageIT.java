package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import io.wadi.testing.TestServers;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The output of exactly-once routes after an outage of the shared Kafka. */
class ExactlyOnceOutageIT extends ExactlyOnceTestSupport {
    @AfterEach
    void startKafka() throws Exception {
        TestServers.shared().kafka().start();
    }

    @Test
    void kafkaOutage_eachRecordIsProcessedOnce() throws Exception {
        String in = topics("eos-outage", Map.of());
        Flow.produce(in, 2, 0, 700);
        CountDownLatch inTheMiddle = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Recorder recorder = new Recorder((given, number) -> {
            if (given.offset() == 250) {
                inTheMiddle.countDown();
                stopped.await(2, TimeUnit.MINUTES);
            }
            return false;
        });
        try (Flow flow = copyTwice(in, recorder)) {
            assertThat(inTheMiddle.await(2, TimeUnit.MINUTES)).isTrue();
            TestServers.shared().kafka().stop();
            stopped.countDown();
            TestServers.shared().kafka().start();
            await().until(() -> Flow.committed(in, in, 0) == 700 && Flow.committed(in, in, 1) == 700);
        }
        assertOnce(in + "-first", 700);
        assertOnce(in + "-second", 700);
    }
}
