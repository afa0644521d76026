package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.StreamsFlow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.Test;

/** Records for which a class of the step {@code process} fails. */
class ProcessorFailuresTest {
    private final MockProducer<Object, Object> deadLetters = producer();

    @SuppressWarnings("unchecked")
    private static MockProducer<Object, Object> producer() {
        Serializer<Object> bytes = (Serializer<Object>) (Serializer<?>) new ByteArraySerializer();
        return new MockProducer<>(true, null, bytes, bytes);
    }

    /** The emission of every has no offset. */
    @Test
    void emissionForWhichAProcessorFails_isADeadLetter_andTheNextIsProcessed() {
        try (TopologyTestDriver streams = driver("""
                from: {topic: in, value: json}
                steps:
                  - every: {wall-clock: 10s}
                  - process: {class: %s}
                to: out
                """.formatted(Failing.class.getName()))) {
            ByteArraySerializer out = new ByteArraySerializer();
            var in = streams.createInputTopic("in", out, out);
            in.pipeInput("a".getBytes(UTF_8), "{\"n\":0}".getBytes(UTF_8));
            in.pipeInput("b".getBytes(UTF_8), "{\"n\":1}".getBytes(UTF_8));
            streams.advanceWallClockTime(Duration.ofSeconds(10));

            assertThat(streams.createOutputTopic("out", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                            .readValuesToList())
                    .containsExactly("{\"n\":1}".getBytes(UTF_8));
        }
        assertThat(deadLetters.history()).singleElement().satisfies(deadLetter -> {
            assertThat((byte[]) deadLetter.key()).isEqualTo("a".getBytes(UTF_8));
            assertThat((byte[]) deadLetter.value()).isEqualTo("{\"n\":0}".getBytes(UTF_8));
            assertThat(text(deadLetter, "topic")).isEmpty();
            assertThat(text(deadLetter, "exception.message")).isEqualTo("of this test");
            assertThat(deadLetter.headers().lastHeader("__connect.errors.offset"))
                    .isNull();
        });
    }

    /** The value of such a record was never serialized, and its key has a window. */
    @Test
    void emittedResultForWhichAProcessorFails_isADeadLetterWithItsValueAsJson() {
        try (TopologyTestDriver streams = driver("""
                from: in
                steps:
                  - window: {tumbling: 10s}
                  - aggregate: {n: {count: true}}
                  - map: {jq: '{n: (.n - 1)}'}
                  - every: {wall-clock: 10s}
                  - process: {class: %s}
                to: out
                """.formatted(Failing.class.getName()))) {
            ByteArraySerializer out = new ByteArraySerializer();
            streams.createInputTopic("in", out, out).pipeInput("a".getBytes(UTF_8), "x".getBytes(UTF_8));
            streams.advanceWallClockTime(Duration.ofSeconds(10));
        }
        assertThat(deadLetters.history()).singleElement().satisfies(deadLetter -> {
            assertThat((byte[]) deadLetter.key()).isEqualTo("a".getBytes(UTF_8));
            assertThat((byte[]) deadLetter.value()).isEqualTo("{\"n\":0}".getBytes(UTF_8));
        });
    }

    /** Kafka Streams passes only exceptions to its handler: an error would end the thread, and its replacement. */
    @Test
    void recordForWhichAProcessorThrowsAnError_isADeadLetter_andTheNextIsProcessed() {
        try (TopologyTestDriver streams = driver("""
                from: in
                steps:
                  - process: {class: %s}
                to: out
                """.formatted(Erring.class.getName()))) {
            ByteArraySerializer out = new ByteArraySerializer();
            var in = streams.createInputTopic("in", out, out);
            for (String value : List.of("assertion", "overflow", "linkage", "valid")) {
                in.pipeInput("a".getBytes(UTF_8), value.getBytes(UTF_8));
            }
            assertThat(streams.createOutputTopic("out", new ByteArrayDeserializer(), new ByteArrayDeserializer())
                            .readValuesToList())
                    .containsExactly("valid".getBytes(UTF_8));
        }
        assertThat(deadLetters.history())
                .extracting(deadLetter -> new String((byte[]) deadLetter.value(), UTF_8))
                .containsExactly("assertion", "overflow", "linkage");
        assertThat(text(deadLetters.history().get(0), "exception.message"))
                .isEqualTo("java.lang.AssertionError: of this test");
    }

    private static String text(ProducerRecord<?, ?> deadLetter, String header) {
        return new String(
                deadLetter.headers().lastHeader("__connect.errors." + header).value(), UTF_8);
    }

    private TopologyTestDriver driver(String yaml) {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.start();
        StreamsFlow flow = new DeclaredFlow(
                        TopologyDriver.read("test", yaml, Map.of()),
                        camel,
                        new DeadLetterSender("dead-letters", () -> deadLetters),
                        new DeduplicationMemory(),
                        TopologyDriver.unusedHistory())
                .flow();
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.putAll(flow.settings());
        return new TopologyTestDriver(flow.topology().get(), settings);
    }

    /** Fails for n = 0. */
    public static final class Failing implements ProcessorSupplier<String, Map<String, Object>, String, Object> {
        @Override
        public Processor<String, Map<String, Object>, String, Object> get() {
            return new ContextualProcessor<>() {
                @Override
                public void process(Record<String, Map<String, Object>> record) {
                    if (((Number) record.value().get("n")).intValue() == 0) {
                        throw new IllegalStateException("of this test");
                    }
                    context().forward(record.withValue(record.value()));
                }
            };
        }
    }

    /** Throws the error that the value names. */
    public static final class Erring implements ProcessorSupplier<String, String, String, String> {
        @Override
        public Processor<String, String, String, String> get() {
            return new ContextualProcessor<>() {
                @Override
                public void process(Record<String, String> record) {
                    switch (record.value()) {
                        case "assertion" -> throw new AssertionError("of this test");
                        case "overflow" -> throw new StackOverflowError();
                        case "linkage" -> throw new NoClassDefFoundError("of this test");
                        default -> context().forward(record);
                    }
                }
            };
        }
    }
}
