package io.wadi.extension.connectors.files;

import io.wadi.kafka.Causes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a source, identified after each listing of their directory, with their offsets. Only files that are new
 * or have changed since the last listing are opened. A file that cannot be read does not affect the others.
 */
final class TailedFiles {
    /** How long a removed file remains open after its last change, since its writer may still have it open. */
    static final Duration LINGER = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(TailedFiles.class);
    /** The maximum number of files outside of the listing for which offsets are kept. */
    private static final int MAX_KNOWN = 1000;

    private final Path directory;
    private final String pattern;
    private final Clock clock;
    private final OpenFiles open;
    /** Offsets of files that are not in {@link #tracked}, by source partition, the oldest first. */
    private final Map<String, FileOffset> known = new LinkedHashMap<>();
    /** The files that are read, by inode. */
    private final Map<String, TailedFile> tracked = new LinkedHashMap<>();

    private final Map<String, Copy> copies = new HashMap<>();
    /** The reasons why files cannot be read, by path. */
    private final SortedMap<Path, String> problems = new TreeMap<>();

    /** A file that equals the beginning of another one. */
    private record Copy(FileSnapshot file, TailedFile original) {}

    /** Identifies an open file; returns whether that has succeeded. */
    @FunctionalInterface
    private interface Identification {
        boolean identify(FileSnapshot file, FileChannel channel) throws IOException;
    }

    /**
     * Creates an instance.
     *
     * @param held the open files of the previous reader by inode; {@link #hold} adds those of this one
     */
    TailedFiles(Path directory, String pattern, Map<String, TailedFile> held, Clock clock) {
        this.directory = directory;
        this.pattern = pattern;
        this.open = new OpenFiles(held);
        this.clock = clock;
    }

    /** Adds committed offsets by source partition. */
    void start(Map<String, FileOffset> offsets) {
        known.putAll(offsets);
    }

    /**
     * Lists the directory and returns the files that may have unread lines, in the order in which they are to be read.
     *
     * @throws IOException if the directory cannot be read
     */
    List<TailedFile> list() throws IOException {
        Map<String, FileSnapshot> listed = listed();
        List<FileSnapshot> unidentified = new ArrayList<>();
        for (TailedFile each : open.held()) {
            if (!listed.containsKey(each.offset().inode())) {
                FileTime oldest = FileTime.fromMillis(0);
                unidentified.add(new FileSnapshot(
                        each.seen().path(), each.seen().inode(), each.channel().size(), oldest));
            }
        }
        listed.values().stream().filter(each -> !isContinued(each)).forEach(unidentified::add);
        for (TailedFile each : List.copyOf(tracked.values())) {
            if (!listed.containsKey(each.offset().inode())) {
                removed(each);
            }
        }
        copies.keySet().retainAll(listed.keySet());
        unidentified.removeIf(this::isStillCopy);
        if (!withRemoved().isEmpty()) {
            unidentified.removeIf(each -> identify(each, (file, channel) -> isKnown(file, channel, true)));
            unidentified.removeIf(each -> identify(each, (file, channel) -> isKnown(file, channel, false)));
        }
        unidentified.forEach(each -> identify(each, this::isCopyOrNew));
        // Files of the previous reader that are neither read nor listed any more.
        open.closeHeld(inode -> !listed.containsKey(inode) || copies.containsKey(inode));
        return tracked.values().stream()
                .filter(each -> !each.isAtEnd())
                .sorted(TailedFile.BY_AGE)
                .toList();
    }

    /** Returns the files of the directory by inode; of several names of a file, one. */
    private Map<String, FileSnapshot> listed() throws IOException {
        Map<String, FileSnapshot> listed = new LinkedHashMap<>();
        Set<Path> paths = new HashSet<>();
        List<FileSnapshot> all = FileSnapshot.all(directory, pattern, (path, e) -> {
            failed(path, e);
            paths.add(path);
        });
        for (FileSnapshot each : all) {
            listed.putIfAbsent(each.inode(), each);
            paths.add(each.path());
        }
        problems.keySet().retainAll(paths);
        return listed;
    }

    // ---- files that are tracked

    /** Returns whether a listed file is tracked and still has the bytes that were read. */
    private boolean isContinued(FileSnapshot found) {
        TailedFile file = tracked.get(found.inode());
        if (file == null) {
            return false;
        }
        try {
            if (!file.isAtEnd(found) && !hasReadBytes(file, found)) {
                truncated(file);
                return false;
            }
            file.found(found);
        } catch (IOException e) {
            failed(found.path(), e);
        }
        return true;
    }

    private static boolean hasReadBytes(TailedFile file, FileSnapshot found) throws IOException {
        if (file.isOpen()) {
            return hasReadBytes(file, file.channel());
        }
        if (found.isUnchangedSince(file.seen())) {
            return true;
        }
        try (FileChannel channel = found.open()) {
            return channel == null || hasReadBytes(file, channel);
        }
    }

    private static boolean hasReadBytes(TailedFile file, FileChannel channel) throws IOException {
        byte[] head = FileContents.head(channel);
        return head.length >= file.head().length
                && FileContents.startAlike(head, file.head())
                && file.offset().isOf(channel);
    }

    /** Removes a file that was truncated. Its offset is kept, because a copy may have the former content. */
    private void truncated(TailedFile file) {
        LOG.info(
                "{} was truncated: reading it from its beginning", file.offset().path());
        untrack(file);
    }

    /**
     * Handles a file that was deleted, or renamed to a name that does not match. While it is open, it is read to its
     * end, and once more after each change.
     */
    private void removed(TailedFile file) {
        try {
            if (!file.isOpen()) {
                lost(file, "it was not open");
            } else if (!file.offset().isOf(file.channel())) {
                truncated(file);
            } else {
                keepRemoved(file, file.channel().size());
            }
        } catch (IOException e) {
            lost(file, Causes.inShort(e));
        }
    }

    private void keepRemoved(TailedFile file, long size) {
        if (!file.isRemoved() || file.seen().size() != size) {
            file.removed(size, FileTime.from(clock.instant()));
        } else if (file.isAtEnd()
                && file.seen().modified().toInstant().plus(LINGER).isBefore(clock.instant())) {
            lost(file, "its last line does not end");
        }
    }

    /** Removes a file; its unread bytes, if any, cannot be read any more. */
    private void lost(TailedFile file, String reason) {
        if (file.seen().size() > file.offset().offset()) {
            LOG.warn(
                    "{} was removed before its end was read: its bytes after {} are lost, unless the file reappears: {}",
                    file.offset().path(),
                    file.offset().offset(),
                    reason);
        }
        untrack(file);
    }

    private void untrack(TailedFile file) {
        open.close(file);
        tracked.remove(file.offset().inode());
        if (file.offset().offset() > 0) {
            known.put(file.sourcePartition(), file.offset());
        }
    }

    // ---- identification of other files

    /**
     * Opens a file and identifies it. The file remains open only if it is tracked then, or was open before.
     *
     * @return whether the file is identified, or cannot be before the next listing
     */
    private boolean identify(FileSnapshot file, Identification identification) {
        FileChannel channel = null;
        try {
            TailedFile before = open.held(file.inode());
            channel = before == null ? file.open() : before.channel();
            return channel == null || identification.identify(file, channel);
        } catch (IOException e) {
            failed(file.path(), e);
            return true;
        } finally {
            TailedFile now = tracked.get(file.inode());
            if (open.held(file.inode()) == null && (now == null || !now.isOpen())) {
                Utils.closeQuietly(channel, file.path().toString());
            }
        }
    }

    /**
     * Tracks a file if there is an offset of it, according to the fingerprint and, if {@code byInode}, also to the
     * inode. If several match, the longest fingerprints count.
     */
    private boolean isKnown(FileSnapshot file, FileChannel channel, boolean byInode) throws IOException {
        FileOffset.Prints prints = new FileOffset.Prints(channel);
        Map<String, FileOffset> offsets = byInode ? known : withRemoved();
        String best = null;
        for (Map.Entry<String, FileOffset> each : offsets.entrySet()) {
            FileOffset offset = each.getValue();
            if ((!byInode || offset.inode().equals(file.inode()))
                    && offset.isOf(prints)
                    && (best == null || FileOffset.BY_CERTAINTY.compare(offsets.get(best), offset) < 0)) {
                best = each.getKey();
            }
        }
        if (best == null) {
            return false;
        }
        if (!known.containsKey(best)) {
            untrack(tracked.get(offsets.get(best).inode()));
        }
        track(file, channel, best, known.remove(best));
        return true;
    }

    /** Returns the known offsets, and those of removed files that were read to their ends, which may have a copy. */
    private Map<String, FileOffset> withRemoved() {
        Map<String, FileOffset> offsets = new LinkedHashMap<>(known);
        tracked.values().stream()
                .filter(each ->
                        each.isRemoved() && each.isAtEnd() && each.offset().offset() > 0)
                .forEach(each -> offsets.put(each.sourcePartition(), each.offset()));
        return offsets;
    }

    private boolean isCopyOrNew(FileSnapshot file, FileChannel channel) throws IOException {
        if (!isCopy(file, channel)) {
            String path = file.path().toString();
            track(file, channel, UUID.randomUUID().toString(), FileOffset.beginning(path, file.inode()));
        }
        solved(file.path());
        return true;
    }

    private void track(FileSnapshot file, FileChannel channel, String sourcePartition, FileOffset offset)
            throws IOException {
        byte[] head = FileContents.head(channel);
        TailedFile added = new TailedFile(sourcePartition, offset.at(file.path().toString(), file.inode()), file, head);
        copies.remove(file.inode());
        tracked.put(file.inode(), added);
        open.add(added, channel);
    }

    /** Returns whether a file equals the beginning of a tracked one. */
    private boolean isCopy(FileSnapshot file, FileChannel channel) throws IOException {
        Copy before = copies.get(file.inode());
        byte[] head = FileContents.head(channel);
        for (TailedFile each : tracked.values()) {
            long begin = before != null && before.original().equals(each)
                    ? before.file().size()
                    : 0;
            if (FileContents.startAlike(head, each.head()) && isBeginning(channel, each, begin)) {
                copies.put(file.inode(), new Copy(file, each));
                return true;
            }
        }
        return false;
    }

    private static boolean isBeginning(FileChannel file, TailedFile of, long begin) throws IOException {
        if (of.isOpen()) {
            return FileContents.isBeginning(file, of.channel(), begin);
        }
        try (FileChannel channel = of.seen().open()) {
            return channel != null && FileContents.isBeginning(file, channel, begin);
        }
    }

    private boolean isStillCopy(FileSnapshot found) {
        Copy copy = copies.get(found.inode());
        return copy != null
                && found.isUnchangedSince(copy.file())
                && copy.original().equals(tracked.get(copy.original().offset().inode()));
    }

    // ---- open files

    /**
     * Opens a file, unless it is open, and returns whether its lines can be read from its offset; if not, the next
     * listing identifies it again.
     */
    boolean open(TailedFile file) throws IOException {
        return open.open(file) && hasReadBytes(file, file.channel());
    }

    /** Leaves the open files to the next reader. */
    void hold() {
        open.hold();
        tracked.clear();
    }

    // ---- offsets and problems

    /** Removes the oldest offsets if there are too many, and returns their source partitions. */
    List<String> removeOldest() {
        List<String> removed = new ArrayList<>();
        Iterator<String> oldest = known.keySet().iterator();
        while (known.size() > MAX_KNOWN) {
            removed.add(oldest.next());
            oldest.remove();
        }
        return removed;
    }

    /** Records that a file cannot be read. */
    void failed(Path path, IOException e) {
        LOG.debug("{} cannot be read", path, e);
        problems.put(path, Causes.inShort(e));
    }

    /** Records that a file can be read. */
    void solved(Path path) {
        problems.remove(path);
    }

    /** Returns the problem of the files that cannot be read; empty if all can. */
    Optional<String> problem() {
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        Path first = problems.firstKey();
        int others = problems.size() - 1;
        return Optional.of("%s cannot be read: %s%s"
                .formatted(
                        first, problems.get(first), others == 0 ? "" : "; nor can %d other files".formatted(others)));
    }
}
