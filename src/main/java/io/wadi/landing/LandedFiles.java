package io.wadi.landing;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Finds landed files. Thread-safe. */
public final class LandedFiles {
    private final FileStore store;
    private final Layout layout;
    private final String web;

    /** Takes the connection to HDFS, its WebHDFS address and the directory that landing writes to. */
    public LandedFiles(HdfsConnection hdfs, String web, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
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

    /**
     * A visible file of a partition.
     *
     * @param base the partition's directory
     * @param directory the file's directory below that; empty where it stands in it
     * @param file what it covers
     * @param length in bytes
     */
    record Entry(String base, String directory, LandedFile file, long length) {
        /** Its path below the partition's directory. */
        String below() {
            return directory.isEmpty() ? file.name() : directory + "/" + file.name();
        }

        String path() {
            return base + "/" + below();
        }
    }

    /** The visible file that holds a record, if it has landed. */
    public Optional<Found> find(String topic, int partition, long offset) throws IOException {
        return all(store, layout, new TopicPartition(topic, partition), path -> {}).stream()
                .filter(entry -> entry.file().covers(offset))
                .findFirst()
                .map(this::found);
    }

    private Found found(Entry entry) {
        String url = web + "/webhdfs/v1" + entry.path().replace("+", "%2B") + "?op=OPEN";
        return new Found(entry.path(), entry.file().first(), entry.file().last(), url);
    }

    // ---- what landing itself asks for

    /**
     * A partition's visible files in order, in its directory and those by time below it.
     *
     * @param foreign gets the path of each file that is none of the partition's; names that begin with {@code _} or
     *     {@code .} are passed over, as readers do
     */
    static List<Entry> all(FileStore store, Layout layout, TopicPartition partition, Consumer<String> foreign)
            throws IOException {
        List<Entry> files = new ArrayList<>();
        walk(store, layout.visible(partition), "", partition, files, foreign);
        files.sort(Comparator.comparing(Entry::file, LandedFile.BY_OFFSET));
        return files;
    }

    private static void walk(
            FileStore store,
            String base,
            String directory,
            TopicPartition partition,
            List<Entry> files,
            Consumer<String> foreign)
            throws IOException {
        for (FileStore.Entry found : store.list(join(base, directory))) {
            if (found.isDirectory() && TimeBuckets.isDirectory(found.name())) {
                String below = directory.isEmpty() ? found.name() : directory + "/" + found.name();
                walk(store, base, below, partition, files, foreign);
            } else {
                entry(found, base, directory, partition, foreign).ifPresent(files::add);
            }
        }
    }

    /** Those of one directory that cover offsets from {@code first} on: no others are listed. */
    static List<Entry> from(
            long first,
            String directory,
            FileStore store,
            Layout layout,
            TopicPartition partition,
            Consumer<String> foreign)
            throws IOException {
        String base = layout.visible(partition);
        List<Entry> files = new ArrayList<>();
        for (FileStore.Entry found : store.list(join(base, directory), LandedFile.prefix(partition, first))) {
            entry(found, base, directory, partition, foreign).ifPresent(files::add);
        }
        return files;
    }

    /** The first page of a partition's directory, which has the names that come before ours. */
    static void firstPage(FileStore store, Layout layout, TopicPartition partition, Consumer<String> foreign)
            throws IOException {
        String base = layout.visible(partition);
        for (FileStore.Entry found : store.page(base, "").entries()) {
            entry(found, base, "", partition, foreign);
        }
    }

    private static Optional<Entry> entry(
            FileStore.Entry found, String base, String directory, TopicPartition partition, Consumer<String> foreign) {
        if (found.name().startsWith("_") || found.name().startsWith(".")) {
            return Optional.empty();
        }
        // A file that others are being merged into covers nothing that landing has still to know of.
        if ((found.isDirectory() && TimeBuckets.isDirectory(found.name()))
                || CompactingFile.parse(found.name()).isPresent()) {
            return Optional.empty();
        }
        Optional<LandedFile> file = LandedFile.parse(found.name())
                .filter(parsed -> parsed.partition().equals(partition));
        if (file.isEmpty() || found.isDirectory()) {
            foreign.accept(join(base, directory) + "/" + found.name());
            return Optional.empty();
        }
        return Optional.of(new Entry(base, directory, file.get(), found.length()));
    }

    private static String join(String base, String directory) {
        return directory.isEmpty() ? base : base + "/" + directory;
    }
}
