package io.wadi.kafka.consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.telemetry.PipelineMetrics;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;

/** The components of consumers without Kafka. */
final class ConsumerContexts {
    private ConsumerContexts() {}

    /** Returns components with a client that a test implements. */
    static ConsumerContext of(
            InvocationHandler client, FlowConsumer.Config config, Duration deliveryTimeout, LongSupplier nanoTime) {
        return ConsumerContext.of(client(client), config, deliveryTimeout, nanoTime);
    }

    /** Returns a client that a test implements. */
    static PartitionClient client(InvocationHandler client) {
        return (PartitionClient) Proxy.newProxyInstance(
                PartitionClient.class.getClassLoader(), new Class<?>[] {PartitionClient.class}, client);
    }

    /** Returns the partitions that a consumer of {@code route} owns. */
    static OwnedPartitions owned(PartitionClient client) {
        return new OwnedPartitions(
                client,
                new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()).group("group"),
                new PartitionMeters(PipelineMetrics.off(), "route", "group"),
                null);
    }

    /** Returns the configuration of a consumer of {@code route}, which does not commit itself. */
    static FlowConsumer.Config config(
            Handover handover,
            OffsetReset reset,
            MeterRegistry meters,
            Function<String, Producer<Object, Object>> transactionalProducer,
            boolean exactlyOnce) {
        return config(
                handover, reset, new PartitionStates(meters, Clock.systemUTC()), transactionalProducer, exactlyOnce);
    }

    /** Returns the same configuration with the states of the partitions. */
    static FlowConsumer.Config config(
            Handover handover,
            OffsetReset reset,
            PartitionStates states,
            Function<String, Producer<Object, Object>> transactionalProducer,
            boolean exactlyOnce) {
        return new FlowConsumer.Config(
                "route",
                handover,
                reset,
                Set.of(),
                Duration.ofSeconds(1),
                states.group("group"),
                new PartitionMeters(PipelineMetrics.off(), "route", "group"),
                new RouteControl(),
                transactionalProducer,
                exactlyOnce,
                false);
    }
}
