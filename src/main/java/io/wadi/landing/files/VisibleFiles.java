package io.wadi.landing.files;

import io.wadi.hdfs.FileStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The files of a partition that readers see: all files in its directory and below, including those of time buckets.
 * Names that begin with {@code _} or {@code .} are hidden.
 *
 * @param files the landed files and those in {@code unfinished}, by offset
 * @param unfinished files that others are being merged into
 * @param foreign the paths of all other visible files
 */
public record VisibleFiles(List<File> files, List<Unfinished> unfinished, List<String> foreign) {

    /**
     * A visible file.
     *
     * @param directory of the file
     * @param landed the range it covers, which differs from its name while others are merged into it
     * @param length in bytes
     * @param modified when it was closed
     */
    public record File(String directory, String name, LandedFile landed, long length, Instant modified) {
        public String path() {
            return directory + "/" + name;
        }

        public boolean isLanded() {
            return LandedFile.parse(name).isPresent();
        }

        /** Returns the extension after the last offset, such as {@code .jsonl}. */
        public String extension() {
            return name.substring(CompactingFile.extensionOf(name));
        }

        OffsetRange range() {
            return new OffsetRange(landed.first(), landed.last());
        }
    }

    /** An unfinished merge. */
    public record Unfinished(String directory, CompactingFile file) {
        public String path() {
            return directory + "/" + file.name();
        }
    }

    /** Lists the files; one that is renamed meanwhile may be missed or listed twice. */
    public static VisibleFiles list(FileStore store, Layout layout, TopicPartition partition) throws IOException {
        VisibleFiles found = new VisibleFiles(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        found.addAll(store, layout.visible(partition), partition);
        found.files.sort((one, other) -> LandedFile.BY_OFFSET.compare(one.landed, other.landed));
        return found;
    }

    /** Lists only the files of one directory that cover no offset before {@code first}. */
    public static VisibleFiles from(long first, FileStore store, String directory, TopicPartition partition)
            throws IOException {
        return of(store.list(directory, LandedFile.prefix(partition, first)), directory, partition);
    }

    /** Lists the files of one directory, without those below it. */
    public static VisibleFiles in(FileStore store, String directory, TopicPartition partition) throws IOException {
        return of(store.list(directory), directory, partition);
    }

    /** Lists the files below the directories of a directory, without those in it. */
    public static VisibleFiles below(FileStore store, String directory, TopicPartition partition) throws IOException {
        VisibleFiles found = new VisibleFiles(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (FileStore.Entry entry : store.list(directory)) {
            if (entry.isDirectory() && !isHidden(entry)) {
                found.addAll(store, directory + "/" + entry.name(), partition);
            }
        }
        return found;
    }

    /** Returns the files among the entries of one directory. */
    public static VisibleFiles of(List<FileStore.Entry> entries, String directory, TopicPartition partition) {
        VisibleFiles found = new VisibleFiles(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (FileStore.Entry entry : entries) {
            if (!isHidden(entry) && !entry.isDirectory()) {
                found.add(directory, entry, partition);
            }
        }
        return found;
    }

    private static boolean isHidden(FileStore.Entry entry) {
        return !Layout.isVisible(entry.name());
    }

    private void addAll(FileStore store, String directory, TopicPartition partition) throws IOException {
        for (FileStore.Entry entry : store.list(directory)) {
            if (isHidden(entry)) {
                continue;
            }
            if (entry.isDirectory()) {
                addAll(store, directory + "/" + entry.name(), partition);
            } else {
                add(directory, entry, partition);
            }
        }
    }

    private void add(String directory, FileStore.Entry entry, TopicPartition partition) {
        Optional<CompactingFile> compacting = CompactingFile.parse(entry.name());
        Optional<LandedFile> landed = compacting
                .map(file -> file.covers(entry.length()))
                .or(() -> LandedFile.parse(entry.name()))
                .filter(file -> file.partition().equals(partition));
        if (landed.isEmpty()) {
            foreign.add(directory + "/" + entry.name());
            return;
        }
        files.add(new File(directory, entry.name(), landed.get(), entry.length(), entry.modified()));
        compacting.ifPresent(file -> unfinished.add(new Unfinished(directory, file)));
    }

    public List<OffsetRange> ranges() {
        return files.stream().map(File::range).toList();
    }

    public long bytes() {
        return files.stream().mapToLong(File::length).sum();
    }
}
