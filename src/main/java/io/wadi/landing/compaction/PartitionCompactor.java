package io.wadi.landing.compaction;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.Causes;
import io.wadi.landing.LandingException;
import io.wadi.landing.files.CompactingFile;
import io.wadi.landing.files.LandedRecords;
import io.wadi.landing.files.LandedRecords.Content;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.LineReader;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import org.apache.camel.util.function.ThrowingSupplier;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges a partition's small files into larger ones. At every moment each record is visible exactly once, with any
 * number of concurrent compactors and wherever they are killed, because
 * <ol>
 *   <li>the first file is renamed to a name that identifies the merge and its attempt ({@link CompactingFile}), and the
 *      others are appended to it by one operation of the NameNode that also removes their names;
 *   <li>the bytes are then copied to a file with large blocks in the attempt's own directory, and the copy is renamed
 *      over the concatenated file;
 *   <li>the file is renamed to the landed name for all offsets that it now covers;
 *   <li>another attempt takes over an abandoned merge: it first deletes the former attempt's directory, so that no copy
 *      can be renamed any more, then renames the file to a name of its own, so that nothing else can change it. Only
 *      then it reads the file's length.
 * </ol>
 * A failed attempt is never continued, since its last request may still take effect. docs/models/compaction-model.py
 * checks this in every order of events. Only files below the committed offset are merged, and never the newest, so
 * landing's recovery has the same result with and without merges. Only files with the same {@link Content} are merged.
 * Not thread-safe.
 */
record PartitionCompactor(FileStore store, Layout layout, TopicPartition partition, Sizes sizes) {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionCompactor.class);
    private static final int BUFFER = 1 << 16;

    /**
     * The limits of a merge.
     *
     * @param below bytes; only smaller files are merged
     * @param to maximum size of merged files in bytes
     * @param maxFiles maximum number of files in a merge
     */
    record Sizes(long below, long to, int maxFiles) {}

    /**
     * Files to merge.
     *
     * @param files two or more of one directory, each beginning where the previous one ends
     */
    record Merge(List<VisibleFiles.File> files) {
        long bytes() {
            return files.stream().mapToLong(VisibleFiles.File::length).sum();
        }

        /** Returns when the newest of the files was closed. */
        private Instant modified() {
            return files.stream()
                    .map(VisibleFiles.File::modified)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }

        private VisibleFiles.File first() {
            return files.get(0);
        }

        private CompactingFile by(String attempt) {
            long last = files.get(files.size() - 1).landed().last();
            return new CompactingFile(first().name(), first().length(), last, attempt);
        }

        /** Returns the path of the merged file. */
        String result() {
            return first().directory() + "/" + by("").result();
        }
    }

    /**
     * Completes merges that other compactors have abandoned, or reverts those that have not concatenated anything;
     * compactors that are still working fail. Returns the number of these merges.
     *
     * @throws LandingException if the file system fails; the call can be repeated
     */
    int recover() {
        String compactors = layout.compactors(partition);
        return attempt(compactors, "recovering unfinished merges failed", () -> {
            for (FileStore.Entry other : store.list(compactors)) {
                store.delete(compactors + "/" + other.name());
            }
            List<VisibleFiles.Unfinished> unfinished =
                    VisibleFiles.list(store, layout, partition).unfinished();
            for (VisibleFiles.Unfinished each : unfinished) {
                new Attempt().recover(each);
            }
            return unfinished.size();
        });
    }

    /** Returns the possible merges of files below the committed offset. */
    List<Merge> plan(long committed) {
        VisibleFiles visible = attempt(
                layout.visible(partition),
                "listing the landed files failed",
                () -> VisibleFiles.list(store, layout, partition));
        return adjacent(visible, committed).stream()
                .flatMap(merge -> byContent(merge).stream())
                .toList();
    }

    private List<Merge> adjacent(VisibleFiles visible, long committed) {
        List<Merge> merges = new ArrayList<>();
        List<VisibleFiles.File> files = new ArrayList<>();
        long newest = visible.files().stream()
                .mapToLong(file -> file.landed().last())
                .max()
                .orElse(-1);
        for (VisibleFiles.File file : visible.files()) {
            boolean isMergeable = file.isLanded()
                    && file.landed().last() < Math.min(committed, newest)
                    && file.length() > 0
                    && file.length() < sizes.below()
                    && LineReader.canRead(file.path());
            if (!isMergeable || (!files.isEmpty() && !canExtend(files, file))) {
                addMerge(files, merges);
            }
            if (isMergeable) {
                files.add(file);
            }
        }
        addMerge(files, merges);
        return merges;
    }

    /** Splits a merge so that each has one kind of lines: a file of several kinds cannot be read without Kafka. */
    private List<Merge> byContent(Merge merge) {
        List<Merge> merges = new ArrayList<>();
        List<VisibleFiles.File> files = new ArrayList<>();
        Content before = Content.NONE;
        for (VisibleFiles.File file : merge.files()) {
            Content content = content(file);
            if (content != before) {
                addMerge(files, merges);
            }
            before = content;
            if (content != Content.NONE) {
                files.add(file);
            }
        }
        addMerge(files, merges);
        return merges;
    }

    /** Returns the kind of lines in the file; none if it cannot be read or was renamed since the listing. */
    private Content content(VisibleFiles.File file) {
        try {
            return new LandedRecords(store, layout).content(file);
        } catch (IOException e) {
            LOG.warn("{} is not merged: reading it failed: {}", file.path(), Causes.inShort(e));
            return Content.NONE;
        }
    }

    private boolean canExtend(List<VisibleFiles.File> files, VisibleFiles.File next) {
        VisibleFiles.File before = files.get(files.size() - 1);
        return next.landed().first() == before.landed().last() + 1
                && next.directory().equals(before.directory())
                && next.extension().equals(before.extension())
                && files.size() < sizes.maxFiles()
                && new Merge(files).bytes() + next.length() <= sizes.to();
    }

    private static void addMerge(List<VisibleFiles.File> files, List<Merge> merges) {
        if (files.size() > 1) {
            merges.add(new Merge(List.copyOf(files)));
        }
        files.clear();
    }

    /**
     * Merges files.
     *
     * @throws LandingException if the merge failed. It has been recovered unless the exception has a suppressed one:
     *     the recovery failed, and the next {@link #recover} repeats it, or another compaction of the partition has
     *     taken over the merge.
     */
    void merge(Merge merge) {
        Attempt attempt = new Attempt();
        try {
            attempt(merge.result(), "merging files failed", () -> {
                attempt.merge(merge);
                return merge;
            });
        } catch (LandingException e) {
            try {
                attempt(attempt.own, "another compaction of the partition is running", attempt::requireNotTakenOver);
                recover();
            } catch (LandingException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    private <T> T attempt(String path, String failed, ThrowingSupplier<T, IOException> step) {
        try {
            return step.get();
        } catch (IOException e) {
            throw new LandingException(partition, path, failed, e);
        }
    }

    /** The operations of one attempt, under a unique id. */
    private final class Attempt {
        private final String id = UUID.randomUUID().toString();
        private final String own = layout.compactors(partition) + "/" + id;
        private boolean hasDirectory;

        /** Requires the directory of this attempt to exist: a compaction that takes over its merge deletes it. */
        Attempt requireNotTakenOver() throws IOException {
            if (hasDirectory && store.find(own).isEmpty()) {
                throw new IOException("the directory was deleted");
            }
            return this;
        }

        void merge(Merge merge) throws IOException {
            CompactingFile file = merge.by(id);
            String directory = merge.first().directory() + "/";
            store.makeDirectory(own);
            hasDirectory = true;
            store.rename(merge.first().path(), directory + file.name());
            store.concat(
                    directory + file.name(),
                    merge.files().stream().skip(1).map(VisibleFiles.File::path).toList());
            finish(directory, file, merge.modified());
        }

        void recover(VisibleFiles.Unfinished unfinished) throws IOException {
            String directory = unfinished.directory() + "/";
            CompactingFile file = unfinished.file().withAttempt(id);
            store.delete(layout.compactors(partition) + "/" + unfinished.file().attempt());
            store.makeDirectory(own);
            String merged = directory + file.name();
            store.rename(directory + unfinished.file().name(), merged);
            if (file.isMerged(store.length(merged))) {
                finish(directory, file, modified(merged));
            } else {
                store.rename(merged, directory + file.original());
                store.delete(own);
            }
        }

        /** Returns when the files were concatenated. */
        private Instant modified(String merged) throws IOException {
            return store.find(merged)
                    .orElseThrow(() -> new FileNotFoundException(merged + " does not exist"))
                    .modified();
        }

        /**
         * Completes a merge.
         *
         * @param modified the time of the merged file: a later one than that of its parts would mean that it can
         *     contain later records
         */
        private void finish(String directory, CompactingFile file, Instant modified) throws IOException {
            String merged = directory + file.name();
            String copy = own + "/copy";
            if (copy(merged, copy) != checksum(copy) || store.length(copy) != store.length(merged)) {
                throw new IOException("the copy " + copy + " differs from " + merged);
            }
            store.setModified(copy, modified);
            store.replace(copy, merged);
            store.rename(merged, directory + file.result());
            store.delete(own);
        }

        /** Copies a file; returns the checksum of the bytes read. */
        private long copy(String source, String target) throws IOException {
            FileStore.Output out = store.create(target);
            try (CheckedInputStream in = open(source)) {
                in.transferTo(out);
                out.sync();
                out.close();
                return in.getChecksum().getValue();
            } catch (IOException | RuntimeException e) {
                out.abort();
                throw e;
            }
        }

        private long checksum(String path) throws IOException {
            try (CheckedInputStream in = open(path)) {
                in.transferTo(OutputStream.nullOutputStream());
                return in.getChecksum().getValue();
            }
        }

        private CheckedInputStream open(String path) throws IOException {
            return new CheckedInputStream(new BufferedInputStream(store.open(path), BUFFER), new CRC32C());
        }
    }
}
