package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A streams file with the name of the test, its topics, and a pipeline that runs it. */
abstract class StreamsTestSupport {
    @TempDir
    Path directory;

    String name;

    @AutoClose
    RunningWadi wadi;

    @BeforeEach
    void name(TestInfo test) {
        name = test.getTestMethod().orElseThrow().getName();
    }

    String topic(String of) {
        return name + "." + of;
    }

    void write(String file) throws Exception {
        Path streams = Files.createDirectories(directory.resolve("streams"));
        Files.writeString(streams.resolve(name + ".yaml"), file.replace("TOPIC", name));
    }

    /** Starts a pipeline with the topologies and the error handling only. */
    void start() throws Exception {
        wadi = RunningWadi.startRoutes(
                directory,
                List.of(),
                Map.of(
                        "wadi.streams.files",
                        "*",
                        "wadi.streams.state-directory",
                        directory.resolve("state").toString()));
    }

    void send(String topic, String key, String... values) throws Exception {
        for (String value : values) {
            KafkaProbe.send(new ProducerRecord<>(topic(topic), key.getBytes(UTF_8), value.getBytes(UTF_8)));
        }
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return KafkaProbe.read(
                "wadi.dead-letter",
                deadLetter ->
                        ("streams-" + name).equals(KafkaProbe.header(deadLetter, "__connect.errors.connector.name")));
    }

    /** Returns the last value of a key in the topic out, or an empty string. */
    String last(String key) {
        List<ConsumerRecord<byte[], byte[]>> all =
                KafkaProbe.read(topic("out"), record -> key.equals(new String(record.key(), UTF_8)));
        return all.isEmpty() ? "" : new String(all.get(all.size() - 1).value(), UTF_8);
    }
}
