package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.source.LineFormat;
import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 *   <li>A file that is deleted, or renamed to a name that does not match, is read to its end if it is open.
 *   <li>Bytes after the last line break are read once the line ends.
 * </ul>
 */
final class FileReader implements SourceReader {
    private static final Logger LOG = LoggerFactory.getLogger(FileReader.class);
    private static final int MIN_BUFFER = 1 << 20;
    /** The interval at which the directory is listed while there are unread lines. */
    private static final Duration LISTING_INTERVAL = Duration.ofSeconds(1);

    private final Plan plan;
    private final LineFormat format;
    private final Clock clock;
    private final ByteBuffer buffer;
    private final TailedFiles files;
    /** The files of the last listing that may have unread lines. */
    private final Deque<TailedFile> unread = new ArrayDeque<>();

    /** The file of the last poll; null if that had no lines. */
    private TailedFile polled;

    /** The time of the last listing in terms of System.nanoTime. */
    private long listedNanos;

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

    /**
     * Creates a reader.
     *
     * @param held the open files of the previous reader by inode; {@link #close} adds those of this one
     */
    FileReader(Plan plan, Map<String, TailedFile> held, Clock clock) {
        this.plan = plan;
        this.format = new LineFormat("line", plan.converter(), plan.longest());
        this.clock = clock;
        this.files = new TailedFiles(plan.directory(), plan.pattern(), held, clock);
        // A carriage return and one more byte show that a line is too long.
        this.buffer = ByteBuffer.allocate(Math.max(plan.longest(), MIN_BUFFER) + 2);
    }

    @Override
    public void start(Map<String, String> committed) {
        Map<String, FileOffset> offsets = new LinkedHashMap<>();
        committed.forEach(
                (sourcePartition, offset) -> offsets.put(sourcePartition, Json.read(offset, FileOffset.class)));
        files.start(offsets);
    }

    @Override
    public Poll poll() throws IOException {
        polled = null;
        if (unread.isEmpty() || System.nanoTime() - listedNanos >= LISTING_INTERVAL.toNanos()) {
            listedNanos = System.nanoTime();
            unread.clear();
            unread.addAll(files.list());
        }
        while (!unread.isEmpty()) {
            TailedFile file = unread.peek();
            Poll lines = read(file);
            if (lines != null) {
                polled = file;
                return lines;
            }
            unread.remove();
        }
        Map<String, String> removed = new HashMap<>();
        files.removeOldest().forEach(each -> removed.put(each, null));
        return removed.isEmpty() ? Poll.EMPTY : new Poll(List.of(), removed);
    }

    @Override
    public Optional<String> problem() {
        return files.problem();
    }

    /** Returns the next lines of a file; null if there are none, or the file cannot be read before the next listing. */
    private Poll read(TailedFile file) {
        Path path = file.seen().path();
        try {
            if (!files.open(file)) {
                return null;
            }
            Poll lines = lines(file);
            files.solved(path);
            if (lines == null) {
                file.readToEnd();
            }
            return lines;
        } catch (EOFException e) {
            LOG.debug("The next listing detects the truncation", e);
        } catch (IOException e) {
            files.failed(path, e);
        }
        return null;
    }

    // ---- lines

    /** Returns the next lines of an open file; null if there is no complete line. */
    private Poll lines(TailedFile file) throws IOException {
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
        int length = bytes.limit();
        boolean isTooLong = begin == 0
                && (length > plan.longest() + 1 || (length > plan.longest() && bytes.get(length - 1) != '\r'));
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
        if (polled != null) {
            polled.undoRead();
        }
        files.hold();
    }
}
