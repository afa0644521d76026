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
 * Where landing goes on in a partition, found from its visible files and the group's committed offset.
 *
 * <p>Where landing itself committed the offset, everything before it is known to have landed, and at most one file can have
 * been published since, in a directory the commit names: only that is listed. Else all files are.
 *
 * @param end the offset after the last landed one, by files or by commit; -1 where nothing has landed
 * @param committed what is committed
 * @param note what is to be committed with the end
 */
record Recovery(long end, Committed committed, CommitMetadata note) {

    /**
     * Finds it. The caller has fenced all earlier owners.
     *
     * @param group what the group has committed; where others can commit as well, only the files are believed
     * @throws Conflict where the files or the committed offset are not as landing leaves them
     * @throws IOException where the file system does not answer
     */
    static Recovery find(FileStore store, Layout layout, TopicPartition partition, GroupOffset group)
            throws IOException {
        // The offset may move on while files are listed and users take away those before it: so it is read again after.
        Committed before = group.read();
        Optional<CommitMetadata> note = group.isExclusive() ? CommitMetadata.parse(before.note()) : Optional.empty();
        List<VisibleFiles.File> files = note.isPresent()
                ? since(before.offset(), note.get(), store, layout, partition)
                : landed(VisibleFiles.list(store, layout, partition));
        requireNoOverlap(files);
        long listed =
                files.isEmpty() ? -1 : files.get(files.size() - 1).landed().last() + 1;
        if (group.isExclusive() && note.isEmpty() && before.offset() >= 0 && before.offset() < listed) {
            throw new Conflict(files.get(files.size() - 1).path(), setBack(before.offset(), listed));
        }
        Committed after = group.read();
        long end = Math.max(listed, Math.max(before.offset(), after.offset()));
        return new Recovery(
                end, after, noteAt(end, files, layout.visible(partition), CommitMetadata.parse(after.note())));
    }

    /**
     * The landed ones, where there are no others. A file that others are being merged into covers nothing that landing has
     * still to know of.
     */
    private static List<VisibleFiles.File> landed(VisibleFiles visible) {
        if (!visible.foreign().isEmpty()) {
            throw new Conflict(visible.foreign().get(0), "it is none of this partition's landed files: move it away");
        }
        return visible.files().stream().filter(VisibleFiles.File::isLanded).toList();
    }

    private static String setBack(long committed, long end) {
        return ("the group's offset was set to %d, but everything before %d has landed: landing again would double it; set"
                        + " the offset to %d, or move the files from offset %d on away")
                .formatted(committed, end, end, committed);
    }

    private static List<VisibleFiles.File> since(
            long committed, CommitMetadata note, FileStore store, Layout layout, TopicPartition partition)
            throws IOException {
        landed(VisibleFiles.firstPage(store, layout, partition));
        requireWhole(note, store, layout, partition);
        List<VisibleFiles.File> files =
                landed(VisibleFiles.from(committed, store, layout.visible(partition, note.next()), partition));
        if (!files.isEmpty() && (files.size() > 1 || files.get(0).landed().first() != committed)) {
            VisibleFiles.File last = files.get(files.size() - 1);
            throw new Conflict(
                    last.path(),
                    ("the group's offset is %d, and after it there can be one file at most, from offset %d on, but there"
                                    + " are %d, the last to offset %d: they are not landing's")
                            .formatted(
                                    committed,
                                    committed,
                                    files.size(),
                                    last.landed().last()));
        }
        return files;
    }

    private static void requireWhole(CommitMetadata note, FileStore store, Layout layout, TopicPartition partition)
            throws IOException {
        if (note.last().isEmpty()) {
            return;
        }
        String path = layout.visible(partition) + "/" + note.last();
        Optional<FileStore.Entry> found = store.find(path);
        if (found.isPresent() && found.get().length() != note.bytes()) {
            throw new Conflict(
                    path,
                    "landing wrote %d bytes, now there are %d: put the file back as it was, or move it away"
                            .formatted(note.bytes(), found.get().length()));
        }
    }

    private static void requireNoOverlap(List<VisibleFiles.File> files) {
        for (int i = 1; i < files.size(); i++) {
            VisibleFiles.File earlier = files.get(i - 1);
            VisibleFiles.File later = files.get(i);
            if (later.landed().first() <= earlier.landed().last()) {
                throw new Conflict(
                        later.path(),
                        "offset %d stands in %s as well: move one of them away"
                                .formatted(later.landed().first(), earlier.path()));
            }
        }
    }

    private static CommitMetadata noteAt(
            long end, List<VisibleFiles.File> files, String base, Optional<CommitMetadata> committed) {
        if (!files.isEmpty()) {
            VisibleFiles.File last = files.get(files.size() - 1);
            if (last.landed().last() + 1 == end) {
                String below = last.path().substring(base.length() + 1);
                return new CommitMetadata(
                        below.substring(0, Math.max(0, below.lastIndexOf('/'))), below, last.length());
            }
        }
        return committed.orElse(CommitMetadata.NOTHING);
    }

    /** What stands in HDFS or is committed in Kafka cannot have been left by landing. */
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
