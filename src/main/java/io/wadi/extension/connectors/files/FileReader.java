package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.source.SourceReader;
import io.wadi.extension.connectors.source.SourceRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads files line by line, each line once, also where files are rotated:
 * <ul>
 *   <li>a file is recognized by its first bytes, whatever its name or directory, so reading continues in a renamed file, and the
 *       new file of its name is read from its beginning;
 *   <li>one that is copied and then emptied is read on in the copy, where that is among the files, and from its beginning;
 *   <li>one that is renamed to a name that is not looked for, or deleted, is read to its end, while this process lives;
 *   <li>what stands behind the last line break waits for the next.
 * </ul>
 */
final class FileReader implements SourceReader {
    private static final Logger LOG = LoggerFactory.getLogger(FileReader.class);
    /** Of files that are there no more. */
    private static final int MOST_KEPT = 1000;
    /** Of a line that is too long: as much of it is in its letter. */
    private static final int SHOWN = 64 << 10;

    private static final int LEAST_BUFFER = 1 << 20;

    private final Plan plan;
    private final Clock clock;
    private final ByteBuffer buffer;
    /** Where files were read to that are not open, by part, the oldest first. */
    private final Map<String, FileOffset> known = new LinkedHashMap<>();

    private final List<TailedFile> open = new ArrayList<>();

    /**
     * What is read.
     *
     * @param directory where the files are
     * @param pattern of their names, such as {@code app.log*}
     * @param format of lines; null where they are to be values as they are
     * @param lines at a time at most
     * @param longest line, in bytes
     */
    record Plan(Path directory, String pattern, Format format, int lines, int longest) {}

    FileReader(Plan plan, Clock clock) {
        this.plan = plan;
        this.clock = clock;
        // One byte more tells a line that is too long.
        this.buffer = ByteBuffer.allocate(Math.max(plan.longest(), LEAST_BUFFER) + 1);
    }

    @Override
    public void begin(Map<String, String> positions) {
        positions.forEach((part, kept) -> known.put(part, FileOffset.of(kept)));
    }

    @Override
    public Reading next() throws IOException {
        Set<TailedFile> there = look();
        for (TailedFile file : List.copyOf(open)) {
            Reading reading = read(file);
            if (reading != null) {
                return reading;
            }
            if (!there.contains(file)) {
                close(file); // It has left, and is read to its last line.
            }
        }
        return forgetOldest();
    }

    // ---- identification of files

    /** Those that are there now; others that are open have left. */
    private Set<TailedFile> look() throws IOException {
        List<FileSnapshot> found = FileSnapshot.all(plan.directory(), plan.pattern());
        try {
            Set<TailedFile> there = new LinkedHashSet<>();
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
                    there.add(each.getValue());
                }
            }
            // Those that have left first: they were there before.
            open.removeAll(there);
            open.addAll(there);
            return there;
        } finally {
            for (FileSnapshot each : found) {
                if (open.stream().noneMatch(file -> file.channel().equals(each.channel()))) {
                    each.close();
                }
            }
        }
    }

    /** Those that are being read, by the file system's own name. */
    private void matchOpen(Map<FileSnapshot, TailedFile> matched) throws IOException {
        for (Map.Entry<FileSnapshot, TailedFile> match : matched.entrySet()) {
            FileSnapshot file = match.getKey();
            for (TailedFile each : open) {
                if (each.place().inode().equals(file.inode())
                        && each.place().isOf(file.channel())
                        && each.place().isOf(each.channel())) {
                    each.isAt(file.path().toString());
                    match.setValue(each);
                }
            }
        }
    }

    /** Those that were read, by that name or by what they begin with, the longest of such beginnings. */
    private void matchKnown(Map<FileSnapshot, TailedFile> matched, boolean byInode) throws IOException {
        if (!byInode) {
            letGoOfEmptied();
        }
        for (Map.Entry<FileSnapshot, TailedFile> each : matched.entrySet()) {
            String part = each.getValue() == null ? partOf(each.getKey(), byInode) : null;
            if (part != null) {
                FileOffset place = known.remove(part);
                each.setValue(opened(each.getKey(), part, place));
            }
        }
    }

    /** Which of those that were read it is; null where it is none. */
    private String partOf(FileSnapshot file, boolean byInode) throws IOException {
        String best = null;
        for (Map.Entry<String, FileOffset> each : known.entrySet()) {
            FileOffset place = each.getValue();
            if ((!byInode || place.inode().equals(file.inode()))
                    && place.isOf(file.channel())
                    && (best == null || known.get(best).first() < place.first())) {
                best = each.getKey();
            }
        }
        return best;
    }

    /** What was read of one that was emptied may stand in a copy. */
    private void letGoOfEmptied() throws IOException {
        for (TailedFile each : List.copyOf(open)) {
            if (!each.place().isOf(each.channel())) {
                LOG.info(
                        "{} was emptied: what follows is read from its beginning",
                        each.place().path());
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

    private TailedFile opened(FileSnapshot file, String part, FileOffset place) {
        String path = file.path().toString();
        FileOffset at = place == null ? FileOffset.beginning(path, file.inode()) : place.at(path, file.inode());
        TailedFile opened = new TailedFile(part, file.channel(), at);
        open.add(opened);
        return opened;
    }

    private void close(TailedFile file) {
        file.close();
        open.remove(file);
        if (file.place().offset() > 0) {
            known.put(file.part(), file.place());
        }
    }

    private Reading forgetOldest() {
        if (known.size() <= MOST_KEPT) {
            return Reading.NOTHING;
        }
        Map<String, String> forgotten = new HashMap<>();
        Iterator<String> oldest = known.keySet().iterator();
        while (known.size() > MOST_KEPT) {
            forgotten.put(oldest.next(), null);
            oldest.remove();
        }
        return new Reading(List.of(), forgotten);
    }

    // ---- lines

    /** Lines of one file; null where there is no whole one. */
    private Reading read(TailedFile file) throws IOException {
        ByteBuffer bytes = file.follow(buffer);
        FileOffset from = file.place();
        List<SourceRecord> items = new ArrayList<>();
        boolean within = from.isWithin();
        int begin = 0;
        for (int i = 0; i < bytes.limit() && items.size() < plan.lines(); i++) {
            if (bytes.get(i) == '\n') {
                if (!within) {
                    items.add(line(bytes, begin, i, from));
                }
                within = false;
                begin = i + 1;
            }
        }
        boolean isTooLong = begin == 0 && bytes.limit() > plan.longest();
        if (isTooLong || (begin == 0 && within && bytes.hasRemaining())) {
            if (!within) {
                items.add(tooLong(bytes, from));
            }
            begin = bytes.limit();
            within = true;
        }
        if (begin == 0) {
            return null;
        }
        file.readTo(from.offset() + begin, within);
        return new Reading(items, Map.of(file.part(), file.place().kept()));
    }

    private SourceRecord line(ByteBuffer bytes, int begin, int end, FileOffset from) {
        int last = end > begin && bytes.get(end - 1) == '\r' ? end - 1 : end;
        byte[] line = new byte[last - begin];
        bytes.get(begin, line);
        Map<String, String> headers = headers(from, begin);
        Instant now = clock.instant();
        if (plan.format() == null) {
            return SourceRecord.ofBytes(line, null, now, headers);
        }
        try {
            return SourceRecord.ofBytes(line, plan.format().read(ByteBuffer.wrap(line)), now, headers);
        } catch (IllegalArgumentException e) {
            return SourceRecord.refused(line, now, headers, e);
        }
    }

    private SourceRecord tooLong(ByteBuffer bytes, FileOffset from) {
        byte[] shown = new byte[Math.min(SHOWN, bytes.limit())];
        bytes.get(0, shown);
        return SourceRecord.refused(
                shown,
                clock.instant(),
                headers(from, 0),
                new IllegalArgumentException("the line is longer than %d bytes (longestLine); this is its beginning"
                        .formatted(plan.longest())));
    }

    private static Map<String, String> headers(FileOffset from, int begin) {
        return Map.of("file", from.path(), "file.offset", Long.toString(from.offset() + begin));
    }

    @Override
    public void close() {
        open.forEach(TailedFile::close);
        open.clear();
    }
}
