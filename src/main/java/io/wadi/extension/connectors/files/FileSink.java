package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.sink.ConnectorSink;
import io.wadi.kafka.Causes;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink that writes one partition to a file for as long as this member owns it. Each record becomes one line or one
 * dead letter: once the lines are on disk, the offset is committed with the length and the identity of the file. When
 * the sink opens that file again, it truncates the file to this length and continues at the offset. Other files, and
 * files that another writer has written to since, are never truncated. An {@link OutputLock} excludes other processes
 * and routes.
 */
final class FileSink extends ConnectorSink {
    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);
    private static final Pattern NOTE = Pattern.compile("length=(\\d+)(?: file=(.+))?");

    private final FileSinkOptions options;
    private final Path path;
    private final FileChannel file;
    private final OutputLock lock;
    private final String inode;
    private String id;

    private FileSink(
            RecordBatch first,
            String routeId,
            DeadLetterSender sender,
            FileSinkOptions options,
            FileChannel file,
            OutputLock lock)
            throws IOException {
        super(first, routeId, sender, COMMIT_INTERVAL);
        this.options = options;
        this.path = options.fileOf(first.partition());
        this.file = file;
        this.lock = lock;
        this.inode = inode(path);
        this.id = lock.id();
    }

    /**
     * Opens the sink of a partition.
     *
     * @param first the first batch
     * @throws UncheckedIOException if the file cannot be written to, or is locked by another process or route
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static FileSink open(RecordBatch first, String routeId, DeadLetterSender sender, FileSinkOptions options) {
        Path path = options.fileOf(first.partition());
        FileChannel file = null;
        OutputLock lock = null;
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            lock = OutputLock.of(path);
            FileSink sink = new FileSink(first, routeId, sender, options, file, lock);
            sink.resume();
            return sink;
        } catch (IOException | RuntimeException e) {
            Utils.closeQuietly(file, path.toString());
            Utils.closeQuietly(lock, path.toString());
            throw e instanceof IOException failure ? failed(path, failure) : (RuntimeException) e;
        }
    }

    /** Returns the inode. The device number is left out, because it may change when the machine restarts. */
    private static String inode(Path path) throws IOException {
        boolean isUnix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        return isUnix ? Files.getAttribute(path, "unix:ino").toString() : "";
    }

    /**
     * Truncates the file to the committed length if it is the file of the commit and is longer. A shorter file, or any
     * other one, is continued at its end; this is committed with a new id before anything is written. The file is
     * another one if it has another disk or path, if it was replaced, or if another partition or group has written it.
     */
    private void resume() throws IOException {
        Matcher committed = NOTE.matcher(resumed().note());
        boolean isKnown = committed.matches();
        long length = isKnown ? Long.parseLong(committed.group(1)) : 0;
        boolean isSame = isKnown && identity().equals(committed.group(2));
        long more = file.size() - length;
        if (isSame && more > 0) {
            LOG.info("{}: removing {} bytes that were not committed; they are written again", path, more);
            file.truncate(length);
        } else if (isKnown && committed.group(2) == null && more > 0) {
            LOG.warn(
                    "{}: keeping {} bytes beyond the committed length, since the commit of an earlier version of Wadi"
                            + " does not identify its file; their lines may be written again",
                    path,
                    more);
        }
        file.position(file.size());
        endLine();
        if (!isSame) {
            id = UUID.randomUUID().toString();
        }
        if (!(isSame && file.position() == length) && !commit(note())) {
            throw new IOException("the length of the file could not be committed to Kafka");
        }
        if (!isSame) {
            lock.store(id); // From here on the former writer does not truncate the file.
        }
    }

    /** Ends an incomplete last line, because the next line would be appended to it. */
    private void endLine() throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        if (file.position() > 0 && file.read(last, file.position() - 1) == 1 && last.get(0) != '\n') {
            Utils.writeFully(file, ByteBuffer.wrap(new byte[] {'\n'}));
        }
    }

    private String note() throws IOException {
        return "length=" + file.position() + " file=" + identity();
    }

    private String identity() {
        return id + "/" + inode;
    }

    @Override
    protected void write(List<ConsumerRecord<byte[], ByteBuffer>> records) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ConsumerRecord<byte[], ByteBuffer> consumed : records) {
            try {
                byte[] line = options.line(consumed);
                if (line != null) {
                    lines.writeBytes(line);
                    lines.write('\n');
                }
            } catch (IllegalArgumentException e) {
                reject(consumed, e);
            }
        }
        try {
            requireUnchanged();
            Utils.writeFully(file, ByteBuffer.wrap(lines.toByteArray()));
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    protected String flush() {
        try {
            file.force(false);
            requireUnchanged();
            return note();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    /** Otherwise lines would be committed that are in a deleted file, or after a hole in a truncated one. */
    private void requireUnchanged() throws IOException {
        if (!Files.exists(path) || !inode(path).equals(inode)) {
            throw new IOException(
                    "the open file was deleted or renamed; its uncommitted lines are written to a new one");
        }
        if (file.size() < file.position()) {
            throw new IOException(
                    "the open file was truncated from %,d to %,d bytes; its uncommitted lines are written again"
                            .formatted(file.position(), file.size()));
        }
    }

    private static UncheckedIOException failed(Path path, IOException e) {
        // The message of a FileSystemException is often only the path.
        String why = e instanceof FileSystemException ? Causes.inShort(e) : e.getMessage();
        return new UncheckedIOException(path + ": " + why, e);
    }

    @Override
    public Duration maxHoldTime() {
        return COMMIT_INTERVAL;
    }

    @Override
    public void finish() {
        try {
            super.finish();
        } finally {
            close();
        }
    }

    @Override
    public void abandon() {
        super.abandon();
        close();
    }

    private void close() {
        Utils.closeQuietly(file, path.toString());
        lock.close();
    }
}
