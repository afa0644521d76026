package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.soak.TopicFiles;
import io.wadi.local.soak.TopicFiles.Landed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A plain client that reads the test run's HDFS. */
public final class HdfsProbe {
    /** Shared, because each new configuration parses large files of Hadoop. */
    private static final Configuration CONFIGURATION = new Configuration();

    private HdfsProbe() {}

    /** The client that all calls share. */
    private static final class Shared {
        static final FileSystem FILES = create();

        private static FileSystem create() {
            try {
                return open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Returns all visible files of a topic, by partition and offset. */
    public static List<Landed> landed(String directory, String topic) throws IOException {
        return TopicFiles.landed(Shared.FILES, directory, topic);
    }

    /** Passes all visible files of a topic to an action, by offset within each partition, without keeping them. */
    public static void forEach(String directory, String topic, Consumer<Landed> action) throws IOException {
        TopicFiles.forEach(Shared.FILES, directory, topic, action);
    }

    /** Asserts that files, by partition and offset, contain each of these records once, in order and without a gap. */
    public static void assertLandedOnce(
            List<Landed> files, List<ConsumerRecord<byte[], byte[]>> records, int partitions) {
        for (int i = 0; i < partitions; i++) {
            int partition = i;
            long next = 0;
            List<String> landed = new ArrayList<>();
            for (Landed file :
                    files.stream().filter(each -> each.partition() == partition).toList()) {
                assertThat(file.first()).as("partition %d", partition).isEqualTo(next);
                next = file.last() + 1;
                landed.addAll(file.lines());
            }
            assertThat(landed)
                    .as("partition %d", partition)
                    .isEqualTo(records.stream()
                            .filter(record -> record.partition() == partition)
                            .map(record -> new String(record.value(), UTF_8))
                            .toList());
        }
    }

    /** Returns how many offsets a topic's visible files cover according to their names. */
    public static long coveredOffsets(String directory, String topic) throws IOException {
        return TopicFiles.coveredOffsets(Shared.FILES, directory, topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Returns the visible files that cover an offset. */
    public static List<Landed> covering(String directory, String topic, int partition, long offset) throws IOException {
        return landed(directory, topic).stream()
                .filter(file -> file.partition() == partition && file.first() <= offset && offset <= file.last())
                .toList();
    }

    /**
     * Returns the first and last offsets of a topic's visible files by partition, according to their names; files in
     * time-based directories are included.
     */
    public static Map<Integer, NavigableMap<Long, Long>> ranges(String directory, String topic) throws IOException {
        Map<Integer, NavigableMap<Long, Long>> ranges = new HashMap<>();
        addRanges(Shared.FILES, new Path(directory + "/" + topic), ranges);
        return ranges;
    }

    private static void addRanges(FileSystem files, Path directory, Map<Integer, NavigableMap<Long, Long>> ranges)
            throws IOException {
        if (!files.exists(directory)) {
            return;
        }
        for (FileStatus each :
                files.listStatus(directory, path -> !path.getName().startsWith("_"))) {
            if (each.isDirectory()) {
                addRanges(files, each.getPath(), ranges);
            } else {
                String[] parts = each.getPath().getName().split("\\+", -1);
                ranges.computeIfAbsent(Integer.valueOf(parts[1]), any -> new TreeMap<>())
                        .put(Long.valueOf(parts[2]), Long.valueOf(parts[3].substring(0, parts[3].indexOf('.'))));
            }
        }
    }

    /** Returns the names in a directory. */
    public static List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus status : Shared.FILES.listStatus(new Path(directory))) {
            names.add(status.getPath().getName());
        }
        return names;
    }

    /** Copies a local directory with its content to a path in HDFS that does not exist yet. */
    public static void copy(java.nio.file.Path local, String directory) throws IOException {
        Shared.FILES.copyFromLocalFile(new Path(local.toUri()), new Path(directory));
    }

    /** Returns a client, which the caller closes. */
    public static FileSystem open() throws IOException {
        return FileSystem.newInstance(URI.create(TestServers.shared().ports().hdfsUri()), CONFIGURATION);
    }
}
