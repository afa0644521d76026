package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.groups.Target;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.records.TopicTail;
import io.wadi.kafka.topics.Partitioning;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.config.WadiSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * {@code ./wadi records TOPIC}: prints a topic's records as they stand and as they come, until Ctrl-C, or sends one.
 *
 * <p>Exit codes: 0 done, 2 it could not be done, which standard error says in a line.
 */
final class RecordsCommand {
    private static final String USAGE =
            "Usage: ./wadi records TOPIC [--from earliest|latest|OFFSET|TIME|2h] [--partition N]"
                    + " [--key KEY] [--max N] [--to-end] [--json]"
                    + " | --send VALUE|- [--key KEY] [--partition N] [--header NAME=VALUE]… [--at TIME|2h] ; [--kafka-port N] [--config DIR]";
    private static final Duration ACKNOWLEDGE_WITHIN = Duration.ofSeconds(10);

    private String topic;
    private Target from;
    private Integer partition;
    private String key;
    private long most = Long.MAX_VALUE;
    private boolean toEnd;
    private boolean json;
    private String sent;
    private final List<Header> headers = new ArrayList<>();
    /** The time of what is sent, in milliseconds since 1970; null for now. */
    private Long at;

    private Path configuration = Path.of(".");

    private RecordsCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given("Could not be done", out -> parse(args).run(out));
    }

    private static RecordsCommand parse(String[] args) {
        RecordsCommand command = new RecordsCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        while (!left.isEmpty()) {
            command.take(left.remove(), left);
        }
        command.check();
        return command;
    }

    private void take(String word, Deque<String> left) {
        switch (word) {
            case "--from" -> from = target(word, Commands.valueOf(word, left, USAGE));
            case "--partition" -> partition = (int) number(word, Commands.valueOf(word, left, USAGE));
            case "--key" -> key = Commands.valueOf(word, left, USAGE);
            case "--max" -> most = number(word, Commands.valueOf(word, left, USAGE));
            case "--to-end" -> toEnd = true;
            case "--json" -> json = true;
            case "--send" -> sent = Commands.valueOf(word, left, USAGE);
            case "--header" -> headers.add(header(Commands.valueOf(word, left, USAGE)));
            case "--at" -> at = time(word, Commands.valueOf(word, left, USAGE));
            case "--kafka-port" ->
                System.setProperty(
                        WadiSettings.KAFKA_BROKERS.name(),
                        "localhost:" + number(word, Commands.valueOf(word, left, USAGE)));
            case "--config" -> configuration = Path.of(Commands.valueOf(word, left, USAGE));
            default -> topic = Commands.topic(topic, word, USAGE);
        }
    }

    private static Target target(String option, String text) {
        try {
            return Target.parse(text, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s. %s".formatted(option, e.getMessage(), USAGE), e);
        }
    }

    private static long time(String option, String text) {
        if (target(option, text) instanceof Target.Time time) {
            return time.time().toEpochMilli();
        }
        throw new IllegalArgumentException(
                "%s is \"%s\", neither a time such as 2026-11-20T12:00:00Z nor how long ago, such as 2h. %s"
                        .formatted(option, text, USAGE));
    }

    private static long number(String option, String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("%s is \"%s\", not a whole number. %s".formatted(option, text, USAGE));
        }
        return Long.parseLong(text);
    }

    private static Header header(String text) {
        int at = text.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException("--header is \"" + text + "\", not NAME=VALUE. " + USAGE);
        }
        return new RecordHeader(text.substring(0, at), text.substring(at + 1).getBytes(UTF_8));
    }

    private void check() {
        if (topic == null) {
            throw new IllegalArgumentException(USAGE);
        }
        if (sent == null ? at != null || !headers.isEmpty() : from != null || toEnd || most != Long.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "--from, --max and --to-end are for reading, --header and --at for --send. " + USAGE);
        }
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            return sent == null ? read(configured, out) : send(configured, out);
        }
    }

    private int read(Configured configured, PrintStream out) {
        try (TopicTail tail = new TopicTail(topic, configured.kafka().observerProperties("none"))) {
            tail.begin(positions(tail));
            if (most > 0) {
                tail.read(toEnd, new Printer(out));
            }
        }
        return 0;
    }

    /** Prints those that are asked for. */
    private final class Printer implements Predicate<ConsumerRecord<byte[], byte[]>> {
        private final PrintStream out;
        private long printed;

        Printer(PrintStream out) {
            this.out = out;
        }

        @Override
        public boolean test(ConsumerRecord<byte[], byte[]> found) {
            if (key == null || Arrays.equals(found.key(), key.getBytes(UTF_8))) {
                out.println(json ? RecordText.json(found) : RecordText.lines(found));
                printed++;
            }
            // checkError() also flushes: who reads along sees it now.
            return !out.checkError() && printed < most;
        }
    }

    private Map<TopicPartition, Long> positions(TopicTail tail) {
        List<TopicPartition> partitions = tail.partitions().stream()
                .filter(each -> partition == null || each.partition() == partition)
                .toList();
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException(noSuch(tail.partitions().size()));
        }
        if (from == null || from instanceof Target.Earliest) {
            return tail.begins(partitions);
        }
        if (from instanceof Target.Time time) {
            return tail.at(partitions, time.time().toEpochMilli());
        }
        return from instanceof Target.Offset offset
                ? offsets(tail, partitions, offset.offset())
                : tail.ends(partitions);
    }

    private String noSuch(int partitions) {
        return partitions == 0
                ? "There is no topic \"" + topic + "\"."
                : "There is no partition %d of %s: it has 0 to %d.".formatted(partition, topic, partitions - 1);
    }

    private Map<TopicPartition, Long> offsets(TopicTail tail, List<TopicPartition> partitions, long offset) {
        Map<TopicPartition, Long> begins = tail.begins(partitions);
        Map<TopicPartition, Long> ends = tail.ends(partitions);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            if (partitions.size() == 1 && (offset < begins.get(each) || offset > ends.get(each))) {
                throw new IllegalArgumentException("Offset %d is not there: Kafka has %d to %d of %s."
                        .formatted(offset, begins.get(each), ends.get(each), each));
            }
            offsets.put(each, Math.min(Math.max(offset, begins.get(each)), ends.get(each)));
        }
        return offsets;
    }

    private int send(Configured configured, PrintStream out) throws Exception {
        byte[] value = sent.equals("-") ? System.in.readAllBytes() : sent.getBytes(UTF_8);
        byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
        int partitions;
        try (TopicTail tail = new TopicTail(topic, configured.kafka().observerProperties("none"))) {
            partitions = tail.partitions().size();
        }
        if (partitions == 0 || (partition != null && partition >= partitions)) {
            throw new IllegalArgumentException(noSuch(partitions));
        }
        Integer to = partition == null ? declared(configured, keyBytes, partitions) : partition;
        try (Producer<Object, Object> producer = configured.kafka().producerWithin(ACKNOWLEDGE_WITHIN)) {
            RecordMetadata receipt =
                    acknowledged(producer, new ProducerRecord<>(topic, to, at, keyBytes, value, headers));
            out.println(
                    json
                            ? "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%d}"
                                    .formatted(topic, receipt.partition(), receipt.offset())
                            : "%s: %d@%d".formatted(topic, receipt.partition(), receipt.offset()));
        }
        return 0;
    }

    /** The partition that topics.yaml has for a key; null where that is Kafka's to choose. */
    private Integer declared(Configured configured, byte[] keyBytes, int partitions) {
        Optional<Partitioning> partitioning = configured.topics().find(topic).map(Topic::partitioning);
        if (partitioning.isEmpty()) {
            return null;
        }
        int chosen = partitioning.get().partition(keyBytes, partitions);
        return chosen == Partitioning.SPREAD ? null : (Integer) chosen;
    }

    private static RecordMetadata acknowledged(Producer<Object, Object> producer, ProducerRecord<Object, Object> record)
            throws Exception {
        try {
            return producer.send(record).get(ACKNOWLEDGE_WITHIN.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new KafkaException(e);
        }
    }
}
