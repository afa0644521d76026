package io.wadi.landing.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.RecordText;
import io.wadi.landing.format.FirstAndLastRecords;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads the beginning and end of a landed file for the management page. Only visible landed files can be read.
 * Thread-safe.
 */
public final class LandedFilePreview {
    private static final int MOST = 10;
    private static final int LONGEST = 20_000;
    private static final Pattern PARTITION = Pattern.compile("partition=(0|[1-9]\\d{0,9})");

    private final FileStore store;
    private final Layout layout;
    private final LandedFiles files;
    private final Masking masking;

    /**
     * Takes the connection to HDFS, its WebHDFS address, landing's directory and the fields to mask.
     */
    public LandedFilePreview(HdfsConnection hdfs, String web, String directory, Masking masking) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
        this.files = new LandedFiles(hdfs, web, directory);
        this.masking = masking;
    }

    /**
     * What is in a file.
     *
     * @param format its extension
     * @param url where a browser reads it
     * @param bytes its length
     * @param modified when it was closed, in milliseconds since 1970
     * @param count its records; null where they were not counted
     * @param first the first of them, as {@link RecordText#shown} has them; an offset or a time that the file does not tell is null
     * @param last the last, none of which is among the first
     * @param problem what is not shown and why; empty where all is
     */
    public record Look(
            String path,
            String format,
            String url,
            long bytes,
            long modified,
            Long count,
            List<ObjectNode> first,
            List<ObjectNode> last,
            String problem) {}

    /**
     * Reads the first and last records of a file.
     *
     * @param file path relative to the topic's directory, such as {@code partition=0/clicks+0+…+….jsonl}
     * @throws IllegalArgumentException if that is not the path of a landed file
     * @throws FileNotFoundException if it does not exist
     * @throws IOException if HDFS does not answer, or the content is not what the name says
     */
    public Look into(String topic, String file) throws IOException {
        Layout.requireTopic(topic);
        LandedFile landed = landed(topic, file);
        String path = layout.visible(topic) + "/" + file;
        FileStore.Entry entry = store.find(path)
                .filter(each -> !each.isDirectory())
                .orElseThrow(() -> new FileNotFoundException("there is no file " + path));
        FirstAndLastRecords.Ends ends = FirstAndLastRecords.read(
                path, landed.format(), landed.partition(), () -> store.open(path), entry.length(), MOST);
        // Offsets follow from positions in the file if none is missing.
        boolean isWhole = ends.count() == landed.last() - landed.first() + 1;
        return new Look(
                path,
                landed.format().extension(),
                files.url(path),
                entry.length(),
                entry.modified().toEpochMilli(),
                ends.count() < 0 ? null : (Long) ends.count(),
                shown(ends.first(), isWhole ? landed.first() : -1),
                shown(ends.last(), isWhole ? landed.last() + 1 - ends.last().size() : -1),
                ends.problem());
    }

    /** Each part of the path must be visible, the first the partition's directory and the last one of its files. */
    private static LandedFile landed(String topic, String file) {
        List<String> parts = List.of(file.split("/", -1));
        return Stream.of(parts.get(parts.size() - 1))
                .filter(name -> parts.size() > 1
                        && PARTITION.matcher(parts.get(0)).matches()
                        && parts.stream().allMatch(Layout::isVisible))
                .flatMap(name -> LandedFile.parse(name).stream())
                .filter(each -> each.partition().topic().equals(topic)
                        && parts.get(0).equals("partition=" + each.partition().partition()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"%s\" is no landed file of %s: allowed is partition=N/%s+N+FIRST+LAST.FORMAT, with directories by time between"
                                .formatted(file, topic, topic)));
    }

    /** Returns records with consecutive offsets; -1 if only the file can tell them. */
    private List<ObjectNode> shown(List<ConsumerRecord<byte[], byte[]>> records, long from) {
        List<ObjectNode> shown = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> each : records) {
            ObjectNode record = RecordText.shown(each, masking, LONGEST);
            if (each.offset() < 0 && from < 0) {
                record.putNull("offset");
            } else if (each.offset() < 0) {
                record.put("offset", from + shown.size());
            }
            if (each.timestamp() < 0) {
                record.putNull("time");
            }
            shown.add(record);
        }
        return shown;
    }
}
