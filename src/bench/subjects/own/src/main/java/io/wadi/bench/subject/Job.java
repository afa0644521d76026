package io.wadi.bench.subject;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What is to be landed, indexed or routed, and how, the same for every subject.
 *
 * @param brokers Kafka's bootstrap servers
 * @param hdfs the file system; empty where nothing is landed
 * @param topic a prefilled topic; its partitions hold the same number of records where they are landed or indexed
 * @param partitions how many partitions it has
 * @param records how many records it has
 * @param valueBytes the length of each value; 0 where they differ
 * @param group an unused consumer group
 * @param directory an empty directory; the index, where records are indexed; the beginning of the outputs' names, where
 *     they are routed
 * @param rollRecords publish a file at this many records; 0 where there are no files
 * @param settings what single subjects need besides
 */
public record Job(
        String brokers,
        String hdfs,
        String topic,
        int partitions,
        long records,
        int valueBytes,
        String group,
        String directory,
        int rollRecords,
        Map<String, String> settings) {

    /** As {@code wadi.landing.max-poll-records} ships it. */
    public static final int POLL_RECORDS = 5_000;

    /** The number of records in each partition. */
    public long recordsAPartition() {
        return records / partitions;
    }

    /** The fetch settings and the probe, for every consumer but the classic worker's. */
    public Map<String, String> fetching() {
        return Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(POLL_RECORDS),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, Probe.class.getName());
    }

    /** The settings of a consumer that is made by hand. */
    public Map<String, Object> consumer() {
        Map<String, Object> consumer = new HashMap<>(fetching());
        consumer.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        consumer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        consumer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        return consumer;
    }

    /** The servers' processes with CPU time to be reported beside the subject's own; none where they are not named. */
    List<ProcessHandle> servers() {
        return Arrays.stream(settings.getOrDefault("servers", "").split(",", -1))
                .filter(pid -> !pid.isEmpty())
                .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                .toList();
    }

    /** A setting that must be there. */
    public String setting(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The job has no setting " + name + ", only " + settings.keySet());
        }
        return value;
    }

    /** Reads a job as {@link SubjectMain} is given it: the warm-up's names begin with {@code warm-up.} */
    static Job read(Properties given, String prefix) {
        Map<String, String> settings = new HashMap<>();
        given.stringPropertyNames().forEach(name -> settings.put(name, given.getProperty(name)));
        given.stringPropertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> settings.put(name.substring(prefix.length()), given.getProperty(name)));
        return new Job(
                given.getProperty("brokers"),
                given.getProperty("hdfs", ""),
                given.getProperty(prefix + "topic"),
                Integer.parseInt(given.getProperty("partitions")),
                Long.parseLong(given.getProperty(prefix + "records")),
                Integer.parseInt(given.getProperty("value-bytes", "0")),
                given.getProperty(prefix + "group"),
                given.getProperty(prefix + "directory"),
                Integer.parseInt(given.getProperty(prefix + "roll-records", "0")),
                Map.copyOf(settings));
    }
}
