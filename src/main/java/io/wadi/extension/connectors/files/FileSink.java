package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.sink.ConnectorSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one partition to its file for as long as this member owns it. Each record is one line or one dead letter, because the offset
 * is committed with the length that the file has then, once that is on disk: opening the file truncates it to that length, and reading
 * continues at the offset. The file is locked, so that no other process writes to it.
 */
final class FileSink extends ConnectorSink {
    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);
    private static final String LENGTH = "length=";

    private final FileSinkOptions options;
    private final Path path;
    private final FileChannel file;

    private FileSink(
            RecordBatch first,
            String routeId,
            DeadLetterSender sender,
            FileSinkOptions options,
            Path path,
            FileChannel file) {
        super(first, routeId, sender, COMMIT_INTERVAL);
        this.options = options;
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the sink of a partition.
     *
     * @param first the first batch
     * @throws UncheckedIOException if the file cannot be written to, or is locked by another process
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static FileSink open(RecordBatch first, String routeId, DeadLetterSender sender, FileSinkOptions options) {
        Path path = options.fileOf(first.partition());
        try {
            FileChannel file = locked(path);
            try {
                FileSink sink = new FileSink(first, routeId, sender, options, path, file);
                sink.truncate();
                return sink;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static FileChannel locked(Path path) throws IOException {
        if (path.getParent() != null) {
            Files.createDirectories(path.getParent());
        }
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() != null) {
                return file;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("{} is being written by another route of this process", path, e);
        }
        file.close();
        throw new IOException(
                "it is being written by another process or route; this one goes on once that lets go of it");
    }

    /**
     * Truncates the file to the committed length. A shorter file (none was committed, it was emptied or moved, or it is on another
     * disk) is continued as it is, and its length is committed first.
     */
    private void truncate() throws IOException {
        String note = resumed().note();
        long length = note.startsWith(LENGTH) ? Long.parseLong(note.substring(LENGTH.length())) : Long.MAX_VALUE;
        if (file.size() > length) {
            LOG.info("{}: {} bytes were not committed, and are written again", path, file.size() - length);
            file.truncate(length);
        }
        file.position(file.size());
        if (file.size() < length && !commit(LENGTH + file.position())) {
            throw new IOException("where it is written on could not be committed to Kafka now");
        }
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
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            Utils.writeFully(file, bytes);
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    @Override
    protected String flush() {
        try {
            file.force(false);
            return LENGTH + file.position();
        } catch (IOException e) {
            throw failed(path, e);
        }
    }

    private static UncheckedIOException failed(Path path, IOException e) {
        return new UncheckedIOException(path + ": " + e.getMessage(), e);
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
    }
}
