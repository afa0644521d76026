package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The offset where landing continues in a partition, determined from its visible files and the group's committed
 * offset.
 *
 * <p>If landing itself committed the offset, everything before it has landed, and at most one file can have been
 * published since, in a directory that the commit names: only that directory is listed. Otherwise all files are listed.
 * If the partition's directory is empty, the next file begins at the committed offset.
 *
 * @param first the first offset of the next file; -1 if nothing has landed
 * @param end the offset after the last landed one, by files or by commit; greater than {@code first} if the offsets in
 *    between have no records
 * @param committed the committed offset
 * @param metadata the metadata to commit with the end
 */
record Recovery(long first, long end, Committed committed, CommitMetadata metadata) {

    /**
     * Determines the offset. The caller has fenced all earlier owners.
     *
     * @param group the committed offset; unless only the partition's owner can commit it, its metadata is ignored and
     *    all files are listed
     * @throws Conflict if landing did not write the files or the committed offset
     * @throws IOException if the file system does not respond
     */
    static Recovery find(FileStore store, Layout layout, TopicPartition partition, GroupOffset group)
            throws IOException {
        // The offset is read again after the listing: it can advance meanwhile, and users can delete files below it.
        Committed before = group.read();
        List<FileStore.Entry> firstPage =
                store.page(layout.visible(partition), "").entries();
        if (firstPage.isEmpty()) {
            // Its metadata can be that of another cluster's directory: mirrors translate only the offset.
            Committed committed = group.read();
            long end = Math.max(before.offset(), committed.offset());
            return new Recovery(end, end, committed, CommitMetadata.NOTHING);
        }
        Optional<CommitMetadata> metadata =
                group.isExclusive() ? CommitMetadata.parse(before.note()) : Optional.empty();
        List<VisibleFiles.File> files = metadata.isPresent()
                ? since(before, metadata.get(), firstPage, store, layout, partition)
                : landed(VisibleFiles.list(store, layout, partition));
        requireNoOverlap(files);
        long listed =
                files.isEmpty() ? -1 : files.get(files.size() - 1).landed().last() + 1;
        if (group.isExclusive() && metadata.isEmpty() && before.offset() >= 0 && before.offset() < listed) {
            throw new Conflict(files.get(files.size() - 1).path(), offsetWasReset(before.offset(), listed));
        }
        Committed after = group.read();
        long first = Math.max(listed, Math.max(nextFirst(before), nextFirst(after)));
        long end = Math.max(first, Math.max(before.offset(), after.offset()));
        return new Recovery(
                first,
                end,
                after,
                metadataAt(first, files, layout.visible(partition), CommitMetadata.parse(after.note())));
    }

    private static long nextFirst(Committed committed) {
        return CommitMetadata.nextFirst(committed.offset(), committed.note());
    }

    /**
     * Returns the landed files. Leaves out unfinished merges, which are below the committed offset, and rejects files
     * that landing did not write.
     */
    private static List<VisibleFiles.File> landed(VisibleFiles visible) {
        if (!visible.foreign().isEmpty()) {
            throw new Conflict(visible.foreign().get(0), "it is not a landed file of this partition: move it away");
        }
        return visible.files().stream().filter(VisibleFiles.File::isLanded).toList();
    }

    private static String offsetWasReset(long committed, long end) {
        return ("the group's offset was set to %d, but all records before %d have landed and would land twice: set the"
                        + " offset to %d, or move away the files from offset %d on")
                .formatted(committed, end, end, committed);
    }

    private static List<VisibleFiles.File> since(
            Committed committed,
            CommitMetadata metadata,
            List<FileStore.Entry> firstPage,
            FileStore store,
            Layout layout,
            TopicPartition partition)
            throws IOException {
        landed(VisibleFiles.of(firstPage, layout.visible(partition), partition));
        requireLength(metadata, store, layout, partition);
        long first = nextFirst(committed);
        List<VisibleFiles.File> files =
                landed(VisibleFiles.from(first, store, layout.visible(partition, metadata.next()), partition));
        if (!files.isEmpty() && (files.size() > 1 || files.get(0).landed().first() != first)) {
            VisibleFiles.File last = files.get(files.size() - 1);
            throw new Conflict(
                    last.path(),
                    ("the group's committed offset is %d: expected at most one file after it, which begins at offset"
                                    + " %d, found %d files, the last of which ends at offset %d: move away the files"
                                    + " that landing did not write")
                            .formatted(
                                    committed.offset(),
                                    first,
                                    files.size(),
                                    last.landed().last()));
        }
        return files;
    }

    private static void requireLength(CommitMetadata metadata, FileStore store, Layout layout, TopicPartition partition)
            throws IOException {
        if (metadata.last().isEmpty()) {
            return;
        }
        String path = layout.visible(partition) + "/" + metadata.last();
        Optional<FileStore.Entry> found = store.find(path);
        if (found.isPresent() && found.get().length() != metadata.bytes()) {
            throw new Conflict(
                    path,
                    "landing wrote %d bytes, but the file has %d: restore the file, or move it away"
                            .formatted(metadata.bytes(), found.get().length()));
        }
    }

    private static void requireNoOverlap(List<VisibleFiles.File> files) {
        for (int i = 1; i < files.size(); i++) {
            VisibleFiles.File earlier = files.get(i - 1);
            VisibleFiles.File later = files.get(i);
            if (later.landed().first() <= earlier.landed().last()) {
                throw new Conflict(
                        later.path(),
                        "offset %d is also in %s: move one of the two files away"
                                .formatted(later.landed().first(), earlier.path()));
            }
        }
    }

    private static CommitMetadata metadataAt(
            long first, List<VisibleFiles.File> files, String base, Optional<CommitMetadata> committed) {
        if (!files.isEmpty()) {
            VisibleFiles.File last = files.get(files.size() - 1);
            if (last.landed().last() + 1 == first) {
                String relativePath = last.path().substring(base.length() + 1);
                return new CommitMetadata(
                        relativePath.substring(0, Math.max(0, relativePath.lastIndexOf('/'))),
                        relativePath,
                        last.length());
            }
        }
        return committed.orElse(CommitMetadata.NOTHING);
    }

    /** Thrown if the files in HDFS or the committed offset differ from what landing wrote. */
    static final class Conflict extends RuntimeException {
        private final String path;

        Conflict(String path, String message) {
            super(message);
            this.path = path;
        }

        String path() {
            return path;
        }
    }
}
