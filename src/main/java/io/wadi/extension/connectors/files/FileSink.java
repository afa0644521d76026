package io.wadi.extension.connectors.files;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
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
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one partition to its file for as long as this member owns it. Each record is one line or one dead letter, because the offset is
 * committed with the length that the file has then, once that is on disk: opening the file truncates it to that length, and reading
 * continues at the offset. The file is locked, so that no other process writes to it.
 */
final class FileSink implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(FileSink.class);
    private static final Duration COMMIT_EVERY = Duration.ofSeconds(1);
    private static final String LENGTH = "length=";

    private final GroupOffset group;
    private final FileSinkOptions options;
    private final Path path;
    private final FileChannel file;

    /** Of records that are completed but not committed. */
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();

    private long position;
    private long committed;
    private long committedNanos;

    private FileSink(RecordBatch batch, FileSinkOptions options, Path path, FileChannel file) {
        this.group = batch.groupOffset();
        this.options = options;
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the sink of a partition.
     *
     * @param batch the first batch
     * @throws UncheckedIOException if the file cannot be written to, or is locked by another process
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static FileSink open(RecordBatch batch, FileSinkOptions options) {
        Path path = options.fileOf(batch.partition());
        try {
            FileChannel file = locked(path);
            try {
                FileSink sink = new FileSink(batch, options, path, file);
                Committed before = sink.group.read();
                sink.position = Math.max(batch.from(), before.offset());
                sink.committed = sink.position;
                sink.committedNanos = options.nanoTime().getAsLong();
                sink.truncate(before);
                return sink;
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": " + e.getMessage(), e);
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
    private void truncate(Committed before) throws IOException {
        long length = before.note().startsWith(LENGTH)
                ? Long.parseLong(before.note().substring(LENGTH.length()))
                : Long.MAX_VALUE;
        if (file.size() > length) {
            LOG.info("{}: {} bytes were not committed, and are written again", path, file.size() - length);
            file.truncate(length);
        }
        file.position(file.size());
        if (file.size() < length && !group.commit(new Committed(position, LENGTH + file.position()))) {
            throw new IOException("where it is written on could not be committed to Kafka now");
        }
    }

    /** Appends the batch's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch batch) {
        if (batch.from() > position) {
            return; // The records in between are read first.
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ConsumerRecord<byte[], ByteBuffer> consumed : batch.records()) {
            if (consumed.offset() >= position) {
                try {
                    byte[] line = options.lines().of(consumed);
                    if (line != null) {
                        lines.writeBytes(line);
                        lines.write('\n');
                    }
                } catch (IllegalArgumentException e) {
                    DeadLetterSender dead = options.deadLetters();
                    deadLetters.add(dead.deadLetter(consumed, options.routeId(), e));
                }
            }
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            position = batch.lastOffset() + 1;
            commit(!deadLetters.isEmpty());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(path + ": " + e.getMessage(), e);
    }

    private void commit(boolean now) throws IOException {
        long nanos = options.nanoTime().getAsLong();
        if (position == committed || (!now && nanos - committedNanos < COMMIT_EVERY.toNanos())) {
            return;
        }
        file.force(false);
        Committed wanted = new Committed(position, LENGTH + file.position());
        if (!deadLetters.isEmpty()) {
            group.commit(wanted, deadLetters);
            deadLetters.clear();
            committed = position;
        } else if (group.commit(wanted)) {
            committed = position;
        }
        committedNanos = nanos;
    }

    // ---- calls of the consumer

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return committed;
    }

    @Override
    public Duration maxHoldTime() {
        return COMMIT_EVERY;
    }

    @Override
    public void tick() {
        try {
            commit(false);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public boolean isWaiting() {
        return false;
    }

    @Override
    public void expired(long next) {
        position = next;
    }

    @Override
    public void finish() {
        try {
            commit(true);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            close();
        }
    }

    @Override
    public void abandon() {
        deadLetters.clear();
        close();
    }

    private void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.debug("{} was not closed in order", path, e);
        }
    }
}
