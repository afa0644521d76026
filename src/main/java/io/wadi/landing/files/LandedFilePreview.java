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
 * Reads the first and last records of a landed file for the management page. Only visible landed files can be read.
 * Thread-safe.
 */
public final class LandedFilePreview {
    private static final int MAX_RECORDS = 10;
    private static final int MAX_LENGTH = 20_000;
    private static final Pattern PARTITION = Pattern.compile("partition=(0|[1-9]\\d{0,9})");

    private final FileStore store;
    private final Layout layout;
    private final String web;
    private final Masking masking;

    public LandedFilePreview(HdfsConnection hdfs, String web, String directory, Masking masking) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
        this.web = web;
        this.masking = masking;
    }

    /**
     * The first and last records of a file.
     *
     * @param format the file's extension
     * @param url the file's URL for browsers
     * @param bytes the file's length
     * @param modified when the file was closed, in milliseconds since the epoch
     * @param count the number of records; null if they were not counted
     * @param first the first records in the form of {@link RecordText#shown}; unknown offsets and times are null
     * @param last the last ones, except those in {@code first}
     * @param problem which records are missing and why; empty if none
     */
    public record Preview(
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
     * @throws IOException if HDFS does not respond, or the content does not match the extension
     */
    public Preview read(String topic, String file) throws IOException {
        Layout.requireTopic(topic);
        LandedFile landed = landed(topic, file);
        String path = layout.visible(topic) + "/" + file;
        FileStore.Entry entry = store.find(path)
                .filter(each -> !each.isDirectory())
                .orElseThrow(() -> new FileNotFoundException("no such file: " + path));
        FirstAndLastRecords.Records records = FirstAndLastRecords.read(
                path, landed.format(), landed.partition(), () -> store.open(path), entry.length(), MAX_RECORDS);
        // If no record is missing, offsets follow from positions in the file.
        boolean isWhole = records.count() == landed.last() - landed.first() + 1;
        return new Preview(
                path,
                landed.format().extension(),
                url(path),
                entry.length(),
                entry.modified().toEpochMilli(),
                records.count() < 0 ? null : (Long) records.count(),
                shown(records.first(), isWhole ? landed.first() : -1),
                shown(
                        records.last(),
                        isWhole ? landed.last() + 1 - records.last().size() : -1),
                records.problem());
    }

    /** Returns the URL of a file for browsers. */
    public String url(String path) {
        return web + "/webhdfs/v1" + path.replace("+", "%2B") + "?op=OPEN";
    }

    /**
     * Parses a path: a partition's directory, optionally visible directories by time, and the name of a landed file.
     */
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
                        "invalid path '%s' of a landed file of %s: expected partition=N/[DIRECTORY BY TIME/]%s+N+FIRST+LAST.FORMAT"
                                .formatted(file, topic, topic)));
    }

    /** Returns records as JSON, with consecutive offsets from {@code from} unless it is -1. */
    private List<ObjectNode> shown(List<ConsumerRecord<byte[], byte[]>> records, long from) {
        List<ObjectNode> shown = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> each : records) {
            ObjectNode record = RecordText.shown(each, masking, MAX_LENGTH);
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
