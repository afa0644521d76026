package io.wadi.extension.connectors.hdfs;

import io.wadi.hdfs.InputDirectory.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The work to be done in a directory, determined from its entries and the committed offsets while no file is being
 * read: renames, files to read, and offsets that are no longer needed. Only the oldest files are kept, so that memory
 * is bounded.
 */
final class Survey {
    private static final int MAX_FILES = 1000;
    private static final Comparator<Entry> OLDEST_FIRST =
            Comparator.comparing(Entry::modified).thenComparing(Entry::name);

    private final FileNames names;
    private final Map<Long, InputFileOffset> offsets;
    private final Set<Long> seen = new HashSet<>();
    private final Set<Long> renamed = new HashSet<>();
    private final List<Rename> renames = new ArrayList<>();
    private final TreeSet<Entry> inputs = new TreeSet<>(OLDEST_FIRST);

    /**
     * A rename.
     *
     * @param isFinal whether the new name is final
     */
    record Rename(Entry file, String newName, boolean isFinal) {}

    Survey(FileNames names, Map<Long, InputFileOffset> offsets) {
        this.names = names;
        this.offsets = offsets;
    }

    /** Adds an entry of the directory. */
    void add(Entry file) {
        InputFileOffset offset = offsets.get(file.id());
        if (offset != null) {
            seen.add(file.id());
        }
        if (offset != null && FileNames.isFinished(file.name())) {
            renamed.add(file.id());
        } else if (names.isInput(file)) {
            if (offset != null && offset.isFinished()) {
                renames.add(new Rename(file, finalName(file, offset), true));
            } else if (FileNames.isClaimed(file.name())) {
                renames.add(new Rename(file, FileNames.retry(file), false));
            } else {
                inputs.add(file);
                if (inputs.size() > MAX_FILES) {
                    inputs.pollLast();
                }
            }
        }
    }

    /** Returns the final name of a finished file. */
    static String finalName(Entry file, InputFileOffset offset) {
        return FileNames.original(file) + offset.state().suffix();
    }

    /** Returns the renames that earlier runs left undone. They are few: one process claims one file at a time. */
    List<Rename> renames() {
        return renames;
    }

    /** Returns the oldest files to read, the oldest first. */
    List<Entry> inputs() {
        return List.copyOf(inputs);
    }

    /** Returns the ids of files that need no offset any longer: they have their final name or do not exist. */
    Set<Long> ended() {
        Set<Long> ended = new HashSet<>(offsets.keySet());
        ended.removeIf(id -> seen.contains(id) && !renamed.contains(id));
        return ended;
    }
}
