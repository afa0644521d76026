package io.wadi.bench.subject;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The records to land, index or route, and the options, which are the same for all subjects.
 *
 * @param brokers Kafka's bootstrap servers
 * @param hdfs the file system; empty if nothing is landed
 * @param topic a prefilled topic; its partitions have equal numbers of records if they are landed or indexed
 * @param partitions the number of its partitions
 * @param records the number of its records
 * @param valueBytes the length of each value; 0 if the lengths differ
 * @param group an unused consumer group
 * @param directory an empty directory; the index if records are indexed; the prefix of the outputs' names if they are
 *    routed
 * @param rollRecords the number of records at which a file is published; 0 if there are no files
 * @param settings further settings of single subjects
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

    /** The default value of {@code wadi.landing.max-poll-records}. */
    public static final int POLL_RECORDS = 5_000;

    /** Returns the number of records in each partition. */
    public long recordsAPartition() {
        return records / partitions;
    }

    /** Returns the fetch settings and the probe, for all consumers except the classic worker's. */
    public Map<String, String> fetching() {
        return Map.of(
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Integer.toString(POLL_RECORDS),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, Probe.class.getName());
    }

    /** Returns the settings of a handwritten consumer. */
    public Map<String, Object> consumer() {
        Map<String, Object> consumer = new HashMap<>(fetching());
        consumer.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        consumer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        consumer.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        consumer.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        consumer.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class.getName());
        return consumer;
    }

    /**
     * Returns the processes of the servers whose CPU time is reported besides the subject's; none if they are not
     * specified.
     */
    List<ProcessHandle> servers() {
        return Arrays.stream(settings.getOrDefault("servers", "").split(",", -1))
                .filter(pid -> !pid.isEmpty())
                .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
                .toList();
    }

    /** Returns a required setting. */
    public String setting(String name) {
        String value = settings.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The job has no setting " + name + ", only " + settings.keySet());
        }
        return value;
    }

    /** Reads a job from the properties of {@link SubjectMain}; the names of the warm-up begin with {@code warm-up.}. */
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
