package io.wadi.kafka.client;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Handover;
import io.wadi.testing.KafkaProbe;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import org.apache.camel.Component;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.camel.component.kafka.KafkaEndpoint;
import org.apache.camel.component.kafka.KafkaEndpointConfigurer;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommitFactory;
import org.apache.camel.component.kafka.serde.DefaultKafkaHeaderDeserializer;
import org.apache.camel.component.kafka.serde.DefaultKafkaHeaderSerializer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ContextServiceLoaderPluginResolver;
import org.apache.camel.support.LoggingExceptionHandler;
import org.apache.camel.support.processor.state.MemoryStateRepository;
import org.junit.jupiter.api.AutoClose;

/** A context with Wadi's Kafka component and the beans that endpoint options refer to. */
abstract class EndpointOptionsTestSupport {
    /** For each fixed option, a value that differs from Wadi's. */
    static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("autoCommitIntervalMs", "50"),
            Map.entry("batching", "true"),
            Map.entry("batchingIntervalMs", "100"),
            Map.entry("breakOnFirstError", "false"),
            Map.entry("bridgeErrorHandler", "true"),
            Map.entry("exceptionHandler", "#exceptions"),
            Map.entry("commitTimeoutMs", "1000"),
            Map.entry("groupInstanceId", "a"),
            Map.entry("keyDeserializer", "org.apache.kafka.common.serialization.StringDeserializer"),
            Map.entry("valueDeserializer", "org.apache.kafka.common.serialization.StringDeserializer"),
            Map.entry("schemaRegistryURL", "http://localhost:8081"),
            Map.entry("specificAvroReader", "true"),
            Map.entry("offsetRepository", "#offsets"),
            Map.entry("seekTo", "BEGINNING"));

    @AutoClose("stop")
    final DefaultCamelContext camel = new DefaultCamelContext() {
        @Override
        protected ContextServiceLoaderPluginResolver createContextServiceLoaderPlugin() {
            return new Flow.NoPlugins();
        }
    };

    final KafkaClients kafka = KafkaProbe.clients("localhost:1");

    EndpointOptionsTestSupport() {
        camel.getRegistry().bind("kafka", Component.class, kafka.component());
        camel.getRegistry().bind("record-batches", kafka.factory(Handover.BATCHES));
        camel.getRegistry().bind("own-clients", new DefaultKafkaClientFactory());
        camel.getRegistry().bind("exceptions", new LoggingExceptionHandler(camel, getClass()));
        camel.getRegistry().bind("offsets", new MemoryStateRepository());
        camel.getRegistry().bind("headerDeserializer", new DefaultKafkaHeaderDeserializer());
        camel.getRegistry().bind("commits", new DefaultKafkaManualCommitFactory());
        camel.getRegistry().bind("headerSerializer", new DefaultKafkaHeaderSerializer());
        camel.getRegistry().bind("workerPool", ForkJoinPool.commonPool());
    }

    /** Returns a value that differs from Wadi's. */
    final String value(String option) {
        Class<?> type = new KafkaEndpointConfigurer().getOptionType(option, false);
        String value = type == Integer.class || type == int.class || type == Long.class ? "7" : "x";
        if (type == boolean.class || type == Boolean.class) {
            Object own = new KafkaEndpointConfigurer()
                    .getOptionValue(camel.getEndpoint("kafka:t", KafkaEndpoint.class), option, false);
            value = own.equals(true) ? "false" : "true";
        } else if (camel.getRegistry().lookupByName(option) != null) {
            value = "#" + option;
        }
        return value;
    }
}
