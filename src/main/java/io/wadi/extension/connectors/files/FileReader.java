package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.source.LineFormat;
import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.storage.Converter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files line by line, each line once, even if files are rotated:
 *
 * <ul>
 *   <li>A file is identified by its first bytes, whatever its name or directory: reading continues in a renamed file,
 *       and a new file with the former name is read from its beginning.
 *   <li>If a file is copied and then truncated, reading continues in the copy if its name matches the pattern, and the
 *       truncated file is read from its beginning.
 *   <li>A file that is deleted, or renamed to a name that does not match, is read to its end while this process runs.
 *   <li>Bytes after the last line break are read once the line ends.
 * </ul>
 */
final class FileReader implements SourceReader {
    private static final Logger LOG = LoggerFactory.getLogger(FileReader.class);
    /** The maximum number of closed files for which offsets are kept. */
    private static final int MAX_CLOSED = 1000;

    private static final int MIN_BUFFER = 1 << 20;

    private final Plan plan;
    private final LineFormat format;
    private final Clock clock;
    private final ByteBuffer buffer;
    /** Offsets of files that are not open, by source partition, the oldest first. */
    private final Map<String, FileOffset> known = new LinkedHashMap<>();

    private final List<TailedFile> open = new ArrayList<>();

    /**
     * The files and the limits.
     *
     * @param directory the directory of the files
     * @param pattern the pattern of their names, such as {@code app.log*}
     * @param converter of lines; null if a line is the unchanged value
     * @param lines the maximum number of lines of a poll
     * @param longest the maximum length of a line in bytes
     */
    record Plan(Path directory, String pattern, Converter converter, int lines, int longest) {}

    FileReader(Plan plan, Clock clock) {
        this.plan = plan;
        this.format = new LineFormat("line", plan.converter(), plan.longest());
        this.clock = clock;
        // One more byte shows that a line is too long.
        this.buffer = ByteBuffer.allocate(Math.max(plan.longest(), MIN_BUFFER) + 1);
    }

    @Override
    public void start(Map<String, String> offsets) {
        offsets.forEach(
                (sourcePartition, committed) -> known.put(sourcePartition, Json.read(committed, FileOffset.class)));
    }

    @Override
    public Poll poll() throws IOException {
        Set<TailedFile> present = openFiles();
        for (TailedFile file : List.copyOf(open)) {
            Poll lines = read(file);
            if (lines != null) {
                return lines;
            }
            if (!present.contains(file)) {
                close(file); // It was deleted or renamed, and all its lines were read.
            }
        }
        return removeOldest();
    }

    // ---- identification of files

    /** Returns the open files that exist under a matching name. All others were deleted or renamed. */
    private Set<TailedFile> openFiles() throws IOException {
        List<FileSnapshot> found = FileSnapshot.all(plan.directory(), plan.pattern());
        try {
            Set<TailedFile> present = new LinkedHashSet<>();
            Map<FileSnapshot, TailedFile> matched = new LinkedHashMap<>();
            found.forEach(file -> matched.put(file, null));
            matchOpen(matched);
            matchKnown(matched, true);
            matchKnown(matched, false);
            for (Map.Entry<FileSnapshot, TailedFile> each : matched.entrySet()) {
                if (each.getValue() == null && !isCopy(each.getKey(), matched)) {
                    each.setValue(opened(each.getKey(), UUID.randomUUID().toString(), null));
                }
                if (each.getValue() != null) {
                    present.add(each.getValue());
                }
            }
            // Files that were deleted or renamed are read first, because they are older.
            open.removeAll(present);
            open.addAll(present);
            return present;
        } finally {
            for (FileSnapshot each : found) {
                if (open.stream().noneMatch(file -> file.channel().equals(each.channel()))) {
                    each.close();
                }
            }
        }
    }

    /** Matches files with the open files by the inode and the fingerprint. */
    private void matchOpen(Map<FileSnapshot, TailedFile> matched) throws IOException {
        for (Map.Entry<FileSnapshot, TailedFile> match : matched.entrySet()) {
            FileSnapshot file = match.getKey();
            for (TailedFile each : open) {
                if (each.offset().inode().equals(file.inode())
                        && each.offset().isOf(file.channel())
                        && each.offset().isOf(each.channel())) {
                    each.isAt(file.path().toString());
                    match.setValue(each);
                }
            }
        }
    }

    /**
     * Matches the other files with the offsets of closed files, by the fingerprint and, if {@code byInode}, also by the
     * inode. If several match, the longest fingerprints count.
     */
    private void matchKnown(Map<FileSnapshot, TailedFile> matched, boolean byInode) throws IOException {
        if (!byInode) {
            closeEmptied();
        }
        for (Map.Entry<FileSnapshot, TailedFile> each : matched.entrySet()) {
            String sourcePartition = each.getValue() == null ? sourcePartitionOf(each.getKey(), byInode) : null;
            if (sourcePartition != null) {
                FileOffset offset = known.remove(sourcePartition);
                each.setValue(opened(each.getKey(), sourcePartition, offset));
            }
        }
    }

    /** Returns the source partition of the closed file that a file continues; null if there is none. */
    private String sourcePartitionOf(FileSnapshot file, boolean byInode) throws IOException {
        String best = null;
        for (Map.Entry<String, FileOffset> each : known.entrySet()) {
            FileOffset offset = each.getValue();
            if ((!byInode || offset.inode().equals(file.inode()))
                    && offset.isOf(file.channel())
                    && (best == null || FileOffset.BY_CERTAINTY.compare(known.get(best), offset) < 0)) {
                best = each.getKey();
            }
        }
        return best;
    }

    /** Closes files that were truncated. Their offsets are kept, because a copy may have the former content. */
    private void closeEmptied() throws IOException {
        for (TailedFile each : List.copyOf(open)) {
            if (!each.offset().isOf(each.channel())) {
                LOG.info(
                        "{} was truncated: reading it from its beginning",
                        each.offset().path());
                close(each);
            }
        }
    }

    private static boolean isCopy(FileSnapshot file, Map<FileSnapshot, TailedFile> matched) throws IOException {
        for (Map.Entry<FileSnapshot, TailedFile> other : matched.entrySet()) {
            if (other.getValue() != null
                    && !other.getKey().equals(file)
                    && file.isCopyOf(other.getValue().channel())) {
                return true;
            }
        }
        return false;
    }

    private TailedFile opened(FileSnapshot file, String sourcePartition, FileOffset offset) {
        String path = file.path().toString();
        FileOffset at = offset == null ? FileOffset.beginning(path, file.inode()) : offset.at(path, file.inode());
        TailedFile opened = new TailedFile(sourcePartition, file.channel(), at);
        open.add(opened);
        return opened;
    }

    private void close(TailedFile file) {
        file.close();
        open.remove(file);
        if (file.offset().offset() > 0) {
            known.put(file.sourcePartition(), file.offset());
        }
    }

    private Poll removeOldest() {
        if (known.size() <= MAX_CLOSED) {
            return Poll.EMPTY;
        }
        Map<String, String> removed = new HashMap<>();
        Iterator<String> oldest = known.keySet().iterator();
        while (known.size() > MAX_CLOSED) {
            removed.put(oldest.next(), null);
            oldest.remove();
        }
        return new Poll(List.of(), removed);
    }

    // ---- lines

    /** Returns the next lines of a file; null if there is no complete line. */
    private Poll read(TailedFile file) throws IOException {
        ByteBuffer bytes = file.follow(buffer);
        FileOffset from = file.offset();
        List<PolledRecord> records = new ArrayList<>();
        boolean within = from.isWithin();
        int begin = 0;
        for (int i = 0; i < bytes.limit() && records.size() < plan.lines(); i++) {
            if (bytes.get(i) == '\n') {
                if (!within) {
                    records.add(format.row(bytes(bytes, begin, i)).record(clock.instant(), headers(from, begin)));
                }
                within = false;
                begin = i + 1;
            }
        }
        boolean isTooLong = begin == 0 && bytes.limit() > plan.longest();
        if (isTooLong || (begin == 0 && within && bytes.hasRemaining())) {
            if (!within) {
                byte[] shown = bytes(bytes, 0, Math.min(LineFormat.SHOWN, bytes.limit()));
                records.add(format.tooLong(shown).record(clock.instant(), headers(from, 0)));
            }
            begin = bytes.limit();
            within = true;
        }
        if (begin == 0) {
            return null;
        }
        file.readTo(from.offset() + begin, within);
        return new Poll(records, Map.of(file.sourcePartition(), Json.text(file.offset())));
    }

    private static byte[] bytes(ByteBuffer bytes, int begin, int end) {
        byte[] copy = new byte[end - begin];
        bytes.get(begin, copy);
        return copy;
    }

    private static ConnectHeaders headers(FileOffset from, int begin) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString("file", from.path());
        headers.addString("file.offset", Long.toString(from.offset() + begin));
        return headers;
    }

    @Override
    public void close() {
        open.forEach(TailedFile::close);
        open.clear();
    }
}
