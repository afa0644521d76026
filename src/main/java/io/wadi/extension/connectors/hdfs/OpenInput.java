package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader.Poll;
import io.wadi.extension.connectors.source.SourceRow;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.header.ConnectHeaders;

/** A claimed file that is read in batches. */
final class OpenInput {
    /** The maximum size of the rows of a batch in bytes; the last row may exceed it. */
    private static final long MAX_BATCH_BYTES = 4 << 20;

    private final Entry file;
    private final FileFormat.Options options;
    private final HdfsContent content;
    private InputFileOffset offset;
    private FileRows rows;

    /**
     * Creates an instance; reads nothing yet.
     *
     * @param file the claimed file
     * @param committed the offset up to which the file was read; null if nothing was read
     * @param path the path that the writer gave the file
     */
    OpenInput(Entry file, FileFormat.Options options, HdfsContent content, InputFileOffset committed, String path) {
        this.file = file;
        this.options = options;
        this.content = content;
        this.offset = committed == null ? InputFileOffset.beginning(path, file.length()) : committed;
    }

    Entry file() {
        return file;
    }

    InputFileOffset offset() {
        return offset;
    }

    /**
     * Reads the next rows. Marks the file as finished with its last rows, or with the dead letter of a file that cannot
     * be read.
     *
     * @throws IOException if HDFS fails to deliver the content
     */
    Poll next(int maxRows, Instant now) throws IOException {
        List<PolledRecord> records = new ArrayList<>();
        InputFileOffset.State state = InputFileOffset.State.READING;
        try {
            open();
            long bytes = 0;
            while (state == InputFileOffset.State.READING && records.size() < maxRows && bytes < MAX_BATCH_BYTES) {
                SourceRow row = rows.next();
                if (row == null) {
                    state = InputFileOffset.State.READ;
                } else {
                    records.add(row.record(now, headers(offset.path(), offset.rows() + records.size() + 1)));
                    bytes += row.raw().length;
                }
            }
            offset = offset.to(rows.offset(), offset.rows() + records.size(), state);
        } catch (UnreadableFileException e) {
            long read = offset.rows() + records.size();
            records.add(unreadable(offset.path(), read + 1, now, e));
            offset = offset.to(offset.offset(), read, InputFileOffset.State.FAILED);
        }
        return new Poll(records, Map.of(Long.toString(file.id()), offset.text()));
    }

    private void open() throws IOException, UnreadableFileException {
        if (file.length() < offset.length()) {
            throw new UnreadableFileException(
                    "the file has %d bytes, and had %d when its first %d rows were read; expected at least as many"
                            .formatted(file.length(), offset.length(), offset.rows()));
        }
        if (rows == null) {
            rows = options.rows(content, offset);
        }
    }

    /** Returns the dead letter of a file, with the path as its value. */
    static PolledRecord unreadable(String path, long row, Instant now, UnreadableFileException cause) {
        return SourceRow.rejected(
                        path.getBytes(UTF_8),
                        new IllegalArgumentException(
                                "%s cannot be read from row %d on: %s".formatted(path, row, cause.getMessage()), cause))
                .record(now, headers(path, row));
    }

    private static ConnectHeaders headers(String path, long row) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString("file", path);
        headers.addString("file.row", Long.toString(row));
        return headers;
    }
}
