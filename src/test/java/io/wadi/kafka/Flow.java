package io.wadi.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.client.GroupProtocol;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.RecordCompletion;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.StepErrors;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualAsyncCommitFactory;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.ContextServiceLoaderPluginResolver;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** A small Camel context on the test run's Kafka, with Wadi's Kafka clients bound as the pipeline binds them. */
public final class Flow implements AutoCloseable {
    private final DefaultCamelContext camel = new DefaultCamelContext() {
        @Override
        protected ContextServiceLoaderPluginResolver createContextServiceLoaderPlugin() {
            return new NoPlugins();
        }
    };

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final PartitionStates states = new PartitionStates(meters, Clock.systemUTC());
    private final DeadLetterSender deadLetters;
    private final RouteControl control;

    private Flow(String deadLetterTopic, GroupProtocol protocol) {
        KafkaClients kafka = new KafkaClients(brokers(), protocol, states, PipelineMetrics.off());
        kafka.component().getConfiguration().setPollTimeoutMs(100L);
        control = kafka.routeControl();
        deadLetters = new DeadLetterSender(deadLetterTopic, kafka::backgroundProducer);
        camel.getRegistry().bind("kafka", Component.class, kafka.component());
        camel.getRegistry().bind("record-batches", kafka.factory(Handover.BATCHES));
        camel.getRegistry().bind("dead-letters", deadLetters);
        camel.getRegistry().bind("sync", new DefaultKafkaManualCommitFactory());
        camel.getRegistry().bind("async", new DefaultKafkaManualAsyncCommitFactory());
        camel.addRoutePolicyFactory(new RecordCompletion());
        camel.getCamelContextExtension().addInterceptStrategy(new StepErrors());
        camel.getShutdownStrategy().setTimeout(30);
    }

    /** Replaces the discovery of plugins, by which Camel would start all of Wadi. */
    public static final class NoPlugins extends ServiceSupport implements ContextServiceLoaderPluginResolver {
        private CamelContext context;

        @Override
        public void setCamelContext(CamelContext newContext) {
            context = newContext;
        }

        @Override
        public CamelContext getCamelContext() {
            return context;
        }
    }

    /** Starts these routes. */
    public static Flow start(RouteBuilder routes) throws Exception {
        return start("wadi.dead-letter", routes);
    }

    /** Starts these routes with the dead letters going to this topic. */
    public static Flow start(String deadLetterTopic, RouteBuilder routes) throws Exception {
        return start(deadLetterTopic, GroupProtocol.CLASSIC, routes);
    }

    private static Flow start(String deadLetterTopic, GroupProtocol protocol, RouteBuilder routes) throws Exception {
        Flow flow = new Flow(deadLetterTopic, protocol);
        try {
            flow.camel.addRoutes(routes);
            flow.camel.start();
            return flow;
        } catch (Exception e) {
            flow.close();
            throw e;
        }
    }

    /**
     * Starts a route with these steps from a topic. Its group and its id are the topic's name; settings begin with
     * &amp;.
     */
    public static Flow start(String topic, String settings, Processor... steps) throws Exception {
        return start(topic, GroupProtocol.CLASSIC, settings, steps);
    }

    /** As {@link #start(String, String, Processor...)}, with a group of this protocol. */
    public static Flow start(String topic, GroupProtocol protocol, String settings, Processor... steps)
            throws Exception {
        return start("wadi.dead-letter", protocol, new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                RouteDefinition route = from("kafka:%s?groupId=%1$s%s".formatted(topic, settings))
                        .routeId(topic);
                for (Processor step : steps) {
                    route.process(step);
                }
            }
        });
    }

    public MeterRegistry meters() {
        return meters;
    }

    public PartitionStates states() {
        return states;
    }

    public RouteControl control() {
        return control;
    }

    public DefaultCamelContext camel() {
        return camel;
    }

    @Override
    public void close() {
        camel.stop();
        deadLetters.close();
    }

    // ---- access to Kafka besides the flow

    public static String brokers() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    public static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", brokers()));
    }

    /** Creates a topic with one partition and this many records of {@link #produce}. */
    public static TopicPartition topic(String name, int count) throws Exception {
        TopicProbe.create(name, 1);
        produce(name, 1, 0, count);
        return new TopicPartition(name, 0);
    }

    /**
     * Sends {@code count} records to each partition. A record's value is its partition, a dash and its number,
     * beginning at {@code first}.
     */
    public static void produce(String topic, int partitions, int first, int count)
            throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int number = first; number < first + count; number++) {
                for (int partition = 0; partition < partitions; partition++) {
                    byte[] key = Integer.toString(partition).getBytes(UTF_8);
                    byte[] value = (partition + "-" + number).getBytes(UTF_8);
                    sent.add(producer.send(new ProducerRecord<>(topic, partition, key, value)));
                }
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    /** Returns the values that {@link #produce} sends to a partition. */
    public static List<String> values(int partition, int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> partition + "-" + number)
                .toList();
    }

    /** Waits until the group with the topic's name has committed this offset. */
    public static void awaitCommitted(String topic, int partition, long offset) {
        await().untilAsserted(
                        () -> assertThat(committed(topic, topic, partition)).isEqualTo(offset));
    }

    /** Returns the group's committed offset of a partition; -1 if there is none. All calls share one client. */
    public static long committed(String group, String topic, int partition)
            throws ExecutionException, InterruptedException {
        OffsetAndMetadata offset = Shared.ADMIN
                .listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .get(new TopicPartition(topic, partition));
        return offset == null ? -1 : offset.offset();
    }

    /**
     * Returns the number of members of the group. If there is none, a frozen member has left by itself too, and will
     * notice it.
     */
    public static int members(String group) throws ExecutionException, InterruptedException {
        return GroupProbe.members(Shared.ADMIN, group).size();
    }

    private static final class Shared {
        static final Admin ADMIN = admin();
    }
}
