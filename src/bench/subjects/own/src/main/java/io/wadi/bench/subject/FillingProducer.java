package io.wadi.bench.subject;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer without clients, which fills a topic until the process is killed. */
public final class FillingProducer {
    private FillingProducer() {}

    /** Fills the topic. Arguments: the brokers, the topic and a file with one event per line. */
    public static void main(String[] args) throws Exception {
        List<byte[]> events = Files.readAllLines(Path.of(args[2])).stream()
                .map(line -> line.getBytes(UTF_8))
                .toList();
        Map<String, Object> settings = new HashMap<>(IntakeProducer.settings(args[0]));
        // No client waits for a response, so the producer may wait for buffer memory.
        settings.remove(ProducerConfig.MAX_BLOCK_MS_CONFIG);
        settings.remove(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int next = 0; ; next = (next + 1) % events.size()) {
                producer.send(new ProducerRecord<>(args[1], events.get(next)), (metadata, error) -> {
                    if (error != null) {
                        error.printStackTrace();
                        Runtime.getRuntime().halt(1);
                    }
                });
            }
        }
    }
}
