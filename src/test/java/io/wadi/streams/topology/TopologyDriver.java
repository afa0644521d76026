package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.streams.AnyTimestamp;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.parser.StreamsFileParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** A driver that runs a streams file without Kafka, one record at a time. */
public final class TopologyDriver implements AutoCloseable {
    public static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    public static final String DEAD_LETTERS = "dead-letters";
    private static final DefaultCamelContext CAMEL = started();

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Topology topology;
    private final TopologyTestDriver driver;

    private TopologyDriver(String name, String yaml) {
        this(name, yaml, TopicLimits.UNKNOWN);
    }

    private TopologyDriver(String name, String yaml, TopicLimits limits) {
        StreamsFile file = read(name, yaml, Map.of());
        Supplier<Producer<Object, Object>> noProducer = () -> {
            throw new AssertionError("dead letters pass through the topology");
        };
        DeadLetterSender deadLetters = new DeadLetterSender(DEAD_LETTERS, noProducer, meters);
        DeclaredFlow flow =
                new DeclaredFlow(file, CAMEL, deadLetters, new DeduplicationMemory(), unusedHistory(), limits);
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.DEFAULT_TIMESTAMP_EXTRACTOR_CLASS_CONFIG, AnyTimestamp.class);
        topology = flow.topology();
        driver = new TopologyTestDriver(topology, settings, START);
    }

    /** Returns a history for topologies that do not start on Kafka. */
    static StateHistory unusedHistory() {
        return new StateHistory(Properties::new, within -> {
            throw new AssertionError("the topology does not start on Kafka");
        });
    }

    private static DefaultCamelContext started() {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.start();
        return camel;
    }

    /** Runs a file of {@code examples/streams}. */
    public static TopologyDriver shipped(String name) throws IOException {
        return new TopologyDriver(name, Files.readString(Path.of("examples", "streams", name + ".yaml")));
    }

    static TopologyDriver of(String yaml) {
        return new TopologyDriver("test", yaml);
    }

    static TopologyDriver of(String yaml, TopicLimits limits) {
        return new TopologyDriver("test", yaml, limits);
    }

    /** Runs a file that uses classes of a library. */
    public static TopologyDriver of(ClassLoader library, String yaml) {
        ClassLoader before = CAMEL.getApplicationContextClassLoader();
        CAMEL.setApplicationContextClassLoader(library);
        try {
            return of(yaml);
        } finally {
            CAMEL.setApplicationContextClassLoader(before);
        }
    }

    /** Runs the topology of a bean. */
    public static TopologyDriver bean(Supplier<Topology> bean) {
        CAMEL.getRegistry().bind("topology-bean", bean);
        return new TopologyDriver("test", "topology: {bean: topology-bean}");
    }

    /** Parses a file with declared numbers of partitions. */
    public static StreamsFile read(String name, String yaml, Map<String, Integer> declared) {
        return StreamsFileParser.read(
                name, yaml, CAMEL, topic -> Optional.ofNullable(declared.get(topic)), DEAD_LETTERS);
    }

    /** Returns the nodes and topics of the topology. */
    String describe() {
        return topology.describe().toString();
    }

    public TopologyDriver send(String topic, String key, String value, long second) {
        return send(topic, bytes(key), bytes(value), second);
    }

    public TopologyDriver send(String topic, byte[] key, byte[] value, long second) {
        ByteArraySerializer out = new ByteArraySerializer();
        driver.createInputTopic(topic, out, out).pipeInput(key, value, START.plusSeconds(second));
        return this;
    }

    public void send(String topic, TestRecord<byte[], byte[]> record) {
        ByteArraySerializer out = new ByteArraySerializer();
        driver.createInputTopic(topic, out, out).pipeInput(record);
    }

    /** Advances the wall clock of the driver, which runs wall-clock punctuations. */
    public TopologyDriver advance(Duration by) {
        driver.advanceWallClockTime(by);
        return this;
    }

    /** Returns the records of a topic since the last call, as {@code key=value}. */
    public List<String> read(String topic) {
        return records(topic).stream()
                .map(record -> text(record.key()) + "=" + text(record.value()))
                .toList();
    }

    public List<TestRecord<byte[], byte[]>> records(String topic) {
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        return driver.createOutputTopic(topic, in, in).readRecordsToList();
    }

    /** Returns the causes of dead letters since the last call. */
    public List<String> rejections() {
        return records(DEAD_LETTERS).stream()
                .map(deadLetter -> header(deadLetter, "exception.message"))
                .toList();
    }

    /** Returns the value of a counter of the flow. */
    double count(String name) {
        return meters.get(name).tag("route", "streams-test").counter().count();
    }

    /** Returns the value of a gauge of the flow; empty if it is not registered. */
    Optional<Double> gauge(String name) {
        return Optional.ofNullable(
                        meters.find(name).tag("route", "streams-test").gauge())
                .map(Gauge::value);
    }

    public static String header(TestRecord<byte[], byte[]> deadLetter, String name) {
        return text(deadLetter.headers().lastHeader("__connect.errors." + name).value());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    @Override
    public void close() {
        driver.close();
    }
}
