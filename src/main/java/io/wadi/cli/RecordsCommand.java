package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.groups.ResetTarget;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.records.TopicReader;
import io.wadi.kafka.topics.Partitioning;
import io.wadi.kafka.topics.Topic;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wadi records}: prints the records of a topic, or sends one record. */
@Command(
        description = {
            "Prints the records of a topic from an offset or a time on, and new ones as they arrive, until Ctrl-C.",
            "With --send it sends one and prints its partition and offset."
        },
        exitCodeList = {"0:done", "2:the command failed, or the arguments are invalid"})
final class RecordsCommand extends OperatorCommand {
    private static final Duration ACKNOWLEDGEMENT_TIMEOUT = Duration.ofSeconds(10);

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Option(
            names = "--from",
            paramLabel = "WHERE",
            converter = OptionValues.StartOffset.class,
            description = "earliest, latest, an offset, a time such as 2026-11-20T10:00:00Z, or 2h for two hours ago"
                    + " (default: earliest)")
    private ResetTarget from;

    @Option(
            names = "--partition",
            paramLabel = "N",
            converter = OptionValues.Whole.class,
            description = "One partition (default: all; with --send, the one that the key selects)")
    private Long partition;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Prints records with this key only; with --send, the key of the record.")
    private String key;

    @Option(
            names = "--max",
            paramLabel = "N",
            converter = OptionValues.Whole.class,
            description = "Stops after N records.")
    private Long most;

    @Option(
            names = "--to-end",
            description = "Stops at the end offsets that the topic has at the start of the command.")
    private boolean toEnd;

    @Option(names = "--json", description = "Prints one JSON object per record.")
    private boolean json;

    @Option(
            names = "--send",
            paramLabel = "VALUE",
            description = "Sends one record; - reads the value from standard input.")
    private String sent;

    @Option(
            names = "--header",
            paramLabel = "NAME=VALUE",
            converter = HeaderValue.class,
            description = "Header of the sent record; can be repeated.")
    private List<Header> headers = new ArrayList<>();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            converter = OptionValues.Time.class,
            description = "Timestamp of the sent record, or 2h for two hours ago (default: now)")
    private Instant at;

    @Mixin
    private PipelineOptions pipeline;

    RecordsCommand(Terminal terminal) {
        super(terminal, "Command failed");
    }

    private static final class HeaderValue implements ITypeConverter<Header> {
        @Override
        public Header convert(String value) {
            int equals = value.indexOf('=');
            if (equals < 1) {
                throw OptionValues.invalid(value, "NAME=VALUE");
            }
            return new RecordHeader(
                    value.substring(0, equals), value.substring(equals + 1).getBytes(UTF_8));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (sent == null ? at != null || !headers.isEmpty() : from != null || toEnd || most != null) {
            throw usageError(
                    "--from, --max and --to-end are only valid for reading, --header and --at only with --send");
        }
        try (CommandConfiguration configured = pipeline.read()) {
            return sent == null ? read(configured, out()) : send(configured, out());
        }
    }

    private int read(CommandConfiguration configured, PrintStream out) {
        try (TopicReader reader = reader(configured)) {
            Map<TopicPartition, Long> positions = positions(reader);
            Iterator<ConsumerRecord<byte[], byte[]>> records =
                    toEnd ? reader.records(positions, reader.ends(positions.keySet())) : reader.follow(positions);
            long printed = 0;
            // checkError() also flushes.
            while ((most == null || printed < most) && !out.checkError() && records.hasNext()) {
                ConsumerRecord<byte[], byte[]> found = records.next();
                if (key == null || Arrays.equals(found.key(), key.getBytes(UTF_8))) {
                    out.println(json ? RecordText.json(found) : RecordText.lines(found));
                    printed++;
                }
            }
            out.flush();
        }
        return 0;
    }

    private TopicReader reader(CommandConfiguration configured) {
        return new TopicReader(configured.kafka().readerProperties(), TopicReader.Fetch.DEFAULT);
    }

    private Map<TopicPartition, Long> positions(TopicReader reader) {
        List<TopicPartition> partitions = reader.partitions(topic).stream()
                .filter(each -> partition == null || each.partition() == partition)
                .toList();
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException(noSuch(reader.partitions(topic).size()));
        }
        if (from == null || from instanceof ResetTarget.Earliest) {
            return reader.begins(partitions);
        }
        if (from instanceof ResetTarget.Time time) {
            return reader.at(partitions, time.time().toEpochMilli());
        }
        return from instanceof ResetTarget.Offset offset
                ? offsets(reader, partitions, offset.offset())
                : reader.ends(partitions);
    }

    private String noSuch(int partitions) {
        return partitions == 0
                ? "There is no topic \"" + topic + "\"."
                : "There is no partition %d of %s: it has 0 to %d.".formatted(partition, topic, partitions - 1);
    }

    private Map<TopicPartition, Long> offsets(TopicReader reader, List<TopicPartition> partitions, long offset) {
        Map<TopicPartition, Long> begins = reader.begins(partitions);
        Map<TopicPartition, Long> ends = reader.ends(partitions);
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition each : partitions) {
            if (partitions.size() == 1 && (offset < begins.get(each) || offset > ends.get(each))) {
                throw new IllegalArgumentException("Offset %d does not exist: Kafka has %d to %d of %s."
                        .formatted(offset, begins.get(each), ends.get(each), each));
            }
            offsets.put(each, Math.min(Math.max(offset, begins.get(each)), ends.get(each)));
        }
        return offsets;
    }

    private int send(CommandConfiguration configured, PrintStream out) throws Exception {
        byte[] value = sent.equals("-") ? terminal().in().readAllBytes() : sent.getBytes(UTF_8);
        byte[] keyBytes = key == null ? null : key.getBytes(UTF_8);
        int partitions;
        try (TopicReader reader = reader(configured)) {
            partitions = reader.partitions(topic).size();
        }
        if (partitions == 0 || (partition != null && partition >= partitions)) {
            throw new IllegalArgumentException(noSuch(partitions));
        }
        Integer to =
                partition == null ? declared(configured, keyBytes, partitions) : Integer.valueOf(partition.intValue());
        Long timestamp = at == null ? null : (Long) at.toEpochMilli();
        try (Producer<Object, Object> producer = configured.kafka().producerWithin(ACKNOWLEDGEMENT_TIMEOUT)) {
            RecordMetadata receipt =
                    acknowledged(producer, new ProducerRecord<>(topic, to, timestamp, keyBytes, value, headers));
            // With acks 0, Kafka returns no offset.
            Long offset = receipt.hasOffset() ? (Long) receipt.offset() : null;
            out.println(
                    json
                            ? "{\"topic\":\"%s\",\"partition\":%s,\"offset\":%s}"
                                    .formatted(topic, receipt.partition(), offset)
                            : "%s: %s@%s".formatted(topic, receipt.partition(), offset == null ? "unknown" : offset));
        }
        return 0;
    }

    /**
     * Returns the partition that the partitioning in topics.yaml selects for a key; null if the producer selects it.
     */
    private Integer declared(CommandConfiguration configured, byte[] keyBytes, int partitions) {
        Optional<Partitioning> partitioning = configured
                .topics()
                .find(topic)
                .filter(found -> !found.isRoundRobin())
                .map(Topic::partitioning);
        if (partitioning.isEmpty()) {
            return null;
        }
        int chosen = partitioning.get().partition(keyBytes, partitions);
        return chosen == Partitioning.SPREAD ? null : (Integer) chosen;
    }

    private static RecordMetadata acknowledged(Producer<Object, Object> producer, ProducerRecord<Object, Object> record)
            throws Exception {
        try {
            return producer.send(record).get(ACKNOWLEDGEMENT_TIMEOUT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : new KafkaException(e);
        }
    }
}
