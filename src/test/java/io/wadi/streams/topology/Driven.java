package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.streams.definition.StreamsFile;
import io.wadi.streams.parser.StreamsFileParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** A streams file that runs without Kafka, one record after the other. */
public final class Driven implements AutoCloseable {
    public static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
    public static final String LETTERS = "letters";
    private static final DefaultCamelContext CAMEL = started();

    private final TopologyTestDriver driver;

    private Driven(String name, String yaml) {
        StreamsFile file = read(name, yaml, Map.of());
        DeclaredFlow flow = new DeclaredFlow(file, CAMEL, new DeadLetterSender(LETTERS, () -> {
            throw new AssertionError("letters go through the topology");
        }));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "test");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:1");
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        driver = new TopologyTestDriver(flow.topology(), settings, START);
    }

    private static DefaultCamelContext started() {
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.start();
        return camel;
    }

    /** A file of {@code examples/streams}. */
    public static Driven shipped(String name) throws IOException {
        return new Driven(name, Files.readString(Path.of("examples", "streams", name + ".yaml")));
    }

    static Driven of(String yaml) {
        return new Driven("test", yaml);
    }

    /** A topology that a bean makes. */
    public static Driven bean(Supplier<Topology> bean) {
        CAMEL.getRegistry().bind("topology-bean", bean);
        return new Driven("test", "topology: {bean: topology-bean}");
    }

    /** As the reader understands it, with topics of so many partitions declared. */
    public static StreamsFile read(String name, String yaml, Map<String, Integer> declared) {
        return StreamsFileParser.read(name, yaml, CAMEL, topic -> Optional.ofNullable(declared.get(topic)));
    }

    public Driven send(String topic, String key, String value, long second) {
        return send(topic, bytes(key), bytes(value), second);
    }

    public Driven send(String topic, byte[] key, byte[] value, long second) {
        ByteArraySerializer out = new ByteArraySerializer();
        driver.createInputTopic(topic, out, out).pipeInput(key, value, START.plusSeconds(second));
        return this;
    }

    public void send(String topic, TestRecord<byte[], byte[]> record) {
        ByteArraySerializer out = new ByteArraySerializer();
        driver.createInputTopic(topic, out, out).pipeInput(record);
    }

    /** What a topic has got since it was last asked, as {@code key=value}. */
    public List<String> read(String topic) {
        return records(topic).stream()
                .map(record -> text(record.key()) + "=" + text(record.value()))
                .toList();
    }

    public List<TestRecord<byte[], byte[]>> records(String topic) {
        ByteArrayDeserializer in = new ByteArrayDeserializer();
        return driver.createOutputTopic(topic, in, in).readRecordsToList();
    }

    /** Why records were refused, since it was last asked. */
    public List<String> refusals() {
        return records(LETTERS).stream()
                .map(letter -> header(letter, "exception.message"))
                .toList();
    }

    public static String header(TestRecord<byte[], byte[]> letter, String name) {
        return text(letter.headers().lastHeader("__connect.errors." + name).value());
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
