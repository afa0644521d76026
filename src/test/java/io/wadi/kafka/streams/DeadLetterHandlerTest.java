package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Suppressed;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

class DeadLetterHandlerTest {
    private static final ByteArraySerializer OUT = new ByteArraySerializer();
    private static final ByteArrayDeserializer IN = new ByteArrayDeserializer();

    private final MockProducer<Object, Object> deadLetters = producer();

    @SuppressWarnings("unchecked")
    private static MockProducer<Object, Object> producer() {
        Serializer<Object> bytes = (Serializer<Object>) (Serializer<?>) OUT;
        return new MockProducer<>(true, null, bytes, bytes);
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.putAll(
                DeadLetterHandler.settings(new DeadLetterSender("dead-letters", () -> deadLetters), "streams-test"));
        return settings;
    }

    /** Kafka Streams reports this exception of a processor as one of its own. */
    @Test
    void recordOfATypeThatAProcessorDoesNotExpect_isADeadLetter_andTheNextIsProcessed() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("parse", Parsing::new, "source")
                .addProcessor("cast", Casting::new, "parse")
                .addSink("sink", "out", OUT, OUT, "cast");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);
            in.pipeInput("text".getBytes(UTF_8));
            in.pipeInput("1".getBytes(UTF_8));

            assertThat(streams.createOutputTopic("out", IN, IN).readValuesToList())
                    .extracting(value -> new String(value, UTF_8))
                    .containsExactly("2");
        }
        assertThat(deadLetters.history()).singleElement().satisfies(deadLetter -> {
            assertThat((byte[]) deadLetter.value()).isEqualTo("text".getBytes(UTF_8));
            assertThat(deadLetter
                            .headers()
                            .lastHeader("__connect.errors.exception.class.name")
                            .value())
                    .isEqualTo("java.lang.ClassCastException".getBytes(UTF_8));
        });
    }

    /** Deserializers throw this exception of Kafka for the content of a record. */
    @Test
    void recordThatAProcessorCannotDeserialize_isADeadLetter_andTheNextIsProcessed() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("read", Reading::new, "source")
                .addSink("sink", "out", OUT, new LongSerializer(), "read");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);
            in.pipeInput("text".getBytes(UTF_8));
            in.pipeInput(new byte[Long.BYTES]);

            assertThat(streams.createOutputTopic("out", IN, new LongDeserializer())
                            .readValuesToList())
                    .containsExactly(0L);
        }
        assertThat(deadLetters.history())
                .singleElement()
                .satisfies(deadLetter -> assertThat((byte[]) deadLetter.value()).isEqualTo("text".getBytes(UTF_8)));
    }

    /** Kafka Streams rejects a negative timestamp with the type of exception that also reports failures of Kafka. */
    @Test
    void recordForWhichAProcessorSetsAnInvalidTimestamp_isADeadLetter_andTheNextIsProcessed() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("date", Dating::new, "source")
                .addSink("sink", "out", OUT, OUT, "date");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);
            in.pipeInput("-1".getBytes(UTF_8));
            in.pipeInput("1".getBytes(UTF_8));

            assertThat(streams.createOutputTopic("out", IN, IN).readRecordsToList())
                    .singleElement()
                    .satisfies(record -> assertThat(record.timestamp()).isEqualTo(1));
        }
        assertThat(deadLetters.history()).singleElement().satisfies(deadLetter -> {
            assertThat((byte[]) deadLetter.value()).isEqualTo("-1".getBytes(UTF_8));
            assertThat(deadLetter
                            .headers()
                            .lastHeader("__connect.errors.exception.message")
                            .value())
                    .asString()
                    .contains("-1");
        });
    }

    /** Kafka Streams, and a user's processor, throw this exception without a cause for a record. */
    @Test
    void recordThatAProcessorRejectsWithAStreamsException_isADeadLetter_andTheNextIsProcessed() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("reject", Rejecting::new, "source")
                .addSink("sink", "out", OUT, OUT, "reject");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);
            in.pipeInput("no".getBytes(UTF_8));
            in.pipeInput("unknown".getBytes(UTF_8));
            in.pipeInput("sink".getBytes(UTF_8));

            assertThat(streams.createOutputTopic("out", IN, IN).readValuesToList())
                    .containsExactly("sink".getBytes(UTF_8));
        }
        assertThat(deadLetters.history())
                .extracting(deadLetter -> new String((byte[]) deadLetter.value(), UTF_8))
                .containsExactly("no", "unknown");
    }

    /** As dead letters, records would be both in the buffer without limit and in the dead-letter topic. */
    @Test
    void fullBufferOfATopology_endsTheThread() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.table("in", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .suppress(Suppressed.untilTimeLimit(
                        Duration.ofDays(1),
                        Suppressed.BufferConfig.maxRecords(1).shutDownWhenFull()));
        try (TopologyTestDriver streams = new TopologyTestDriver(builder.build(), settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);
            in.pipeInput("a".getBytes(UTF_8), "1".getBytes(UTF_8));

            assertThatThrownBy(() -> in.pipeInput("b".getBytes(UTF_8), "2".getBytes(UTF_8)))
                    .rootCause()
                    .hasMessageContaining("exceeded its max capacity");
        }
        assertThat(deadLetters.history()).isEmpty();
    }

    /** The record is processed again once Kafka is available. */
    @Test
    void failureOfKafkaInAProcessor_endsTheThread() {
        Topology topology =
                new Topology().addSource("source", IN, IN, "in").addProcessor("fail", Unavailable::new, "source");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            var in = streams.createInputTopic("in", OUT, OUT);

            assertThatThrownBy(() -> in.pipeInput("1".getBytes(UTF_8))).hasRootCauseMessage("of this test");
        }
        assertThat(deadLetters.history()).isEmpty();
    }

    /** A replay puts the dead letter back into the topic of the record. */
    @Test
    void recordWithAResultThatCannotBeSerialized_isADeadLetterWithItsOriginalContent() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("parse", Parsing::new, "source")
                .addSink("sink", "out", OUT, DeadLetterHandlerTest::failing, "parse");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            Headers headers = new RecordHeaders().add("id", "1".getBytes(UTF_8));
            streams.createInputTopic("in", OUT, OUT)
                    .pipeInput(new TestRecord<>("key".getBytes(UTF_8), "12".getBytes(UTF_8), headers));
        }
        assertThat(deadLetters.history()).singleElement().satisfies(deadLetter -> {
            assertThat((byte[]) deadLetter.key()).isEqualTo("key".getBytes(UTF_8));
            assertThat((byte[]) deadLetter.value()).isEqualTo("12".getBytes(UTF_8));
            assertThat(deadLetter.headers().lastHeader("id").value()).isEqualTo("1".getBytes(UTF_8));
        });
    }

    @Test
    void punctuationWithAResultThatCannotBeSerialized_failsWithTheCause() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("every", () -> new Punctuating("sink"), "source")
                .addSink("sink", "out", OUT, DeadLetterHandlerTest::failing, "every");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            assertThatThrownBy(() -> streams.advanceWallClockTime(Duration.ofSeconds(1)))
                    .hasRootCauseMessage("of this test");
        }
    }

    @Test
    void failedPunctuation_endsTheThread() {
        Topology topology = new Topology()
                .addSource("source", IN, IN, "in")
                .addProcessor("every", () -> new Punctuating("not a child"), "source");
        try (TopologyTestDriver streams = new TopologyTestDriver(topology, settings())) {
            assertThatThrownBy(() -> streams.advanceWallClockTime(Duration.ofSeconds(1)))
                    .rootCause()
                    .hasMessageContaining("Unknown downstream node: not a child");
        }
        assertThat(deadLetters.history()).isEmpty();
    }

    private static byte[] failing(String topic, Object value) {
        throw new SerializationException("of this test");
    }

    private static final class Punctuating extends ContextualProcessor<byte[], byte[], byte[], Object> {
        private final String child;

        Punctuating(String child) {
            this.child = child;
        }

        @Override
        public void init(ProcessorContext<byte[], Object> context) {
            context.schedule(
                    Duration.ofSeconds(1),
                    PunctuationType.WALL_CLOCK_TIME,
                    time -> context.forward(new Record<>(null, time, time), child));
        }

        @Override
        public void process(Record<byte[], byte[]> record) {}
    }

    /** Forwards numbers as {@link Long}, and other texts as {@link String}. */
    private static final class Parsing extends ContextualProcessor<byte[], byte[], byte[], Object> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            String text = new String(record.value(), UTF_8);
            context().forward(record.withValue(text.matches("\\d+") ? (Object) Long.valueOf(text) : text));
        }
    }

    /** Forwards values as Kafka's {@link LongDeserializer} returns them. */
    private static final class Reading extends ContextualProcessor<byte[], byte[], byte[], Long> {
        private final LongDeserializer numbers = new LongDeserializer();

        @Override
        public void process(Record<byte[], byte[]> record) {
            context().forward(record.withValue(numbers.deserialize("in", record.value())));
        }
    }

    /** Sets the timestamp to the value. */
    private static final class Dating extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            context().forward(record.withTimestamp(Long.parseLong(new String(record.value(), UTF_8))));
        }
    }

    /** Fails as a state store does if its changelog topic cannot be written. */
    private static final class Unavailable extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            throw new StreamsException("Error encountered sending record", new TimeoutException("of this test"));
        }
    }

    /** Forwards a record to the node that its value names. */
    private static final class Rejecting extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        @Override
        public void process(Record<byte[], byte[]> record) {
            String child = new String(record.value(), UTF_8);
            if ("no".equals(child)) {
                throw new StreamsException("of this test");
            }
            context().forward(record, child);
        }
    }

    private static final class Casting extends ContextualProcessor<byte[], Object, byte[], byte[]> {
        @Override
        public void process(Record<byte[], Object> record) {
            long doubled = 2 * (Long) record.value();
            context().forward(record.withValue(Long.toString(doubled).getBytes(UTF_8)));
        }
    }
}
