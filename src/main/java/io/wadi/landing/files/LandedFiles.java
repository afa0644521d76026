package io.wadi.landing.files;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Finds landed files. Thread-safe. */
public final class LandedFiles {
    private final FileStore store;
    private final Layout layout;
    private final String web;

    public LandedFiles(HdfsConnection hdfs, String web, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
        this.web = web;
    }

    /**
     * A landed file.
     *
     * @param path of the file
     * @param first the first offset it covers
     * @param last the last offset it covers
     * @param url for browsers
     */
    public record Found(String path, long first, long last, String url) {}

    /** Returns the visible file with a record, if it has landed. */
    public Optional<Found> find(String topic, int partition, long offset) throws IOException {
        return VisibleFiles.list(store, layout, new TopicPartition(topic, partition)).files().stream()
                .filter(file -> file.landed().covers(offset))
                .findFirst()
                .map(this::found);
    }

    private Found found(VisibleFiles.File file) {
        return new Found(file.path(), file.landed().first(), file.landed().last(), url(file.path()));
    }

    String url(String path) {
        return web + "/webhdfs/v1" + path.replace("+", "%2B") + "?op=OPEN";
    }
}
