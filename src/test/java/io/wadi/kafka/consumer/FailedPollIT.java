package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.junit.jupiter.api.Test;

/** Polls that fail are reported until the next poll succeeds. */
class FailedPollIT {
    /** With pollOnError=RETRY, the consumer is kept after a failure. */
    @Test
    void pollThatFailsOnce_isReportedUntilTheNextPoll() throws Exception {
        TopicProbe.create("failing-poll", 1);
        RouteControl control = new RouteControl();
        try (FlowConsumer consumer = consumer("failing-poll", control)) {
            ConsumerRebalanceListener listener = new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
            };
            consumer.subscribe(List.of("failing-poll"), listener);
            consumer.poll(Duration.ofMillis(100));
            assertThat(control.threads().pollFailure("failing-poll")).isEmpty();

            consumer.subscribe(List.of("invalid name"), listener);
            await().pollInSameThread()
                    .untilAsserted(() -> assertThatThrownBy(() -> consumer.poll(Duration.ofMillis(100)))
                            .isInstanceOf(InvalidTopicException.class));
            assertThat(control.threads().pollFailure("failing-poll")).isPresent();

            consumer.subscribe(List.of("failing-poll"), listener);
            await().pollInSameThread()
                    // A response to an earlier request may still name the invalid topic.
                    .ignoreExceptionsInstanceOf(InvalidTopicException.class)
                    .untilAsserted(() -> {
                        consumer.poll(Duration.ofMillis(100));
                        assertThat(control.threads().pollFailure("failing-poll"))
                                .isEmpty();
                    });
        }
    }

    /** A failure of the client that is no exception of Kafka. */
    @Test
    void pollThatThrowsAnUnexpectedException_isReported() {
        RouteControl control = new RouteControl();
        try (FlowConsumer consumer = consumer("unsubscribed", control)) {
            assertThatIllegalStateException().isThrownBy(() -> consumer.poll(Duration.ZERO));

            assertThat(control.threads().pollFailure("unsubscribed"))
                    .hasValueSatisfying(reason -> assertThat(reason).contains("not subscribed"));
        }
    }

    private static FlowConsumer consumer(String name, RouteControl control) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
        properties.put("group.id", name);
        return new FlowConsumer(
                properties,
                new FlowConsumer.Config(
                        name,
                        Handover.RECORDS,
                        OffsetReset.EARLIEST,
                        Set.of(),
                        Duration.ofSeconds(1),
                        new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()).group(name),
                        new PartitionMeters(PipelineMetrics.off(), name, name),
                        control,
                        id -> Producers.inMemory(),
                        false,
                        false));
    }
}
