package io.wadi.landing;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Finds landed files, for the page and for audits. Thread-safe. */
public final class LandedFiles {
    private final String hdfsUri;
    private final Layout layout;
    private final String web;
    private FileStore store;

    /** Takes the file system, its WebHDFS address and the directory that landing writes to; connects when asked. */
    public LandedFiles(String hdfsUri, String web, String directory) {
        this.hdfsUri = hdfsUri;
        this.layout = new Layout(directory);
        this.web = web;
    }

    /**
     * A landed file.
     *
     * @param path where it stands
     * @param first the first offset it covers
     * @param last the last offset it covers
     * @param url where a browser reads it
     */
    public record Found(String path, long first, long last, String url) {}

    /** The visible file that holds a record, if it has landed. */
    public Optional<Found> find(String topic, int partition, long offset) throws IOException {
        return in(store(), layout, new TopicPartition(topic, partition)).stream()
                .filter(file -> file.covers(offset))
                .findFirst()
                .map(this::found);
    }

    private synchronized FileStore store() throws IOException {
        if (store == null) {
            store = new HdfsFileStore(hdfsUri, (short) 1);
        }
        return store;
    }

    private Found found(LandedFile file) {
        String path = layout.visible(file);
        String url = web + "/webhdfs/v1" + path.replace("+", "%2B") + "?op=OPEN";
        return new Found(path, file.first(), file.last(), url);
    }

    /** A partition's visible files in order; files with names that are not ours are passed over. */
    static List<LandedFile> in(FileStore store, Layout layout, TopicPartition partition) throws IOException {
        return store.list(layout.visible(partition)).stream()
                .flatMap(entry -> LandedFile.parse(entry.name()).stream())
                .filter(file -> file.partition().equals(partition))
                .sorted(LandedFile.BY_OFFSET)
                .toList();
    }
}
