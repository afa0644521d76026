package io.wadi.extension.connectors.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The open files of a reader, and those of the previous reader until they are identified. At most {@link #MAX} remain
 * open, except files that were removed, which could not be opened again: to open another file, one that was read to its
 * end is closed, or else the one that is read last.
 */
final class OpenFiles {
    static final int MAX = 256;
    /** The files of the previous reader, by inode. */
    private final Map<String, TailedFile> held;

    private final Set<TailedFile> open = new LinkedHashSet<>();

    /**
     * Creates an instance without own files.
     *
     * @param held the open files of the previous reader by inode; {@link #hold} adds those of this one
     */
    OpenFiles(Map<String, TailedFile> held) {
        this.held = held;
    }

    /** Returns the files of the previous reader. */
    Collection<TailedFile> held() {
        return held.values();
    }

    /** Returns a file of the previous reader; null if it has not left this file. */
    TailedFile held(String inode) {
        return held.get(inode);
    }

    /** Adds an identified file with its channel, if the previous reader had it open or another file can be opened. */
    void add(TailedFile file, FileChannel channel) {
        if (held.remove(file.seen().inode()) != null || hasRoom()) {
            file.open(channel);
            open.add(file);
        }
    }

    /** Opens a file, unless it is open. Returns false if it was renamed or deleted since the listing. */
    boolean open(TailedFile file) throws IOException {
        if (file.isOpen()) {
            return true;
        }
        if (!hasRoom()) {
            open.stream()
                    .filter(each -> !each.isRemoved())
                    .max(TailedFile.BY_AGE)
                    .ifPresent(this::close);
        }
        FileChannel channel = file.seen().open();
        if (channel == null) {
            return false;
        }
        file.open(channel);
        open.add(file);
        return true;
    }

    /** Returns whether another file can be opened; closes the oldest one that was read to its end if necessary. */
    private boolean hasRoom() {
        if (open.size() + held.size() >= MAX) {
            open.stream()
                    .filter(each -> each.isAtEnd() && !each.isRemoved())
                    .min(TailedFile.BY_AGE)
                    .ifPresent(this::close);
        }
        return open.size() + held.size() < MAX;
    }

    /** Closes a file of this reader. */
    void close(TailedFile file) {
        file.close();
        open.remove(file);
    }

    /** Closes those files of the previous reader that match. */
    void closeHeld(Predicate<String> inode) {
        for (String each : List.copyOf(held.keySet())) {
            if (inode.test(each)) {
                held.remove(each).close();
            }
        }
    }

    /** Leaves the open files to the next reader. */
    void hold() {
        open.forEach(each -> held.put(each.offset().inode(), each));
        open.clear();
    }
}
