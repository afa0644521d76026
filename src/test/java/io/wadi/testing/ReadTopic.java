package io.wadi.testing;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** {@code ./wadi records TOPIC}: prints the topic's records from the first on, and each new one as it comes, until Ctrl-C. */
public final class ReadTopic {
    private static final Duration POLL = Duration.ofSeconds(1);

    private ReadTopic() {}

    /** Prints partition, offset, key and value of each record, a line each. */
    public static void main(String[] args) {
        boolean portGiven = args.length == 3 && args[1].equals("--kafka-port");
        if (args.length != 1 && !portGiven) {
            System.err.println("Usage: ./wadi records TOPIC [--kafka-port 9092]");
            System.exit(1);
        }
        String broker = "localhost:"
                + (portGiven ? args[2] : String.valueOf(ServerPorts.standard().kafka()));
        System.setProperty("logback.configurationFile", "logback-read.xml");
        try {
            read(broker, args[0]);
        } catch (KafkaException e) {
            System.err.println("Cannot read " + args[0] + " from Kafka on " + broker + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private static void read(String broker, String topic) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker, "default.api.timeout.ms", 10_000),
                new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new KafkaException("there is no such topic");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!out.checkError()) {
                consumer.poll(POLL).forEach(record -> out.println(line(record)));
            }
        }
    }

    private static String line(ConsumerRecord<String, String> record) {
        String key = record.key() == null ? "" : record.key() + "  ";
        return record.partition() + "@" + record.offset() + "  " + key + record.value();
    }
}
