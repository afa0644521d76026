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
    private final FileSinkOptions writing;
    private final Path path;
    private final FileChannel file;

    /** Of records that are completed but not committed. */
    private final List<ProducerRecord<Object, Object>> letters = new ArrayList<>();

    private long position;
    private long committed;
    private long committedNanos;

    private FileSink(RecordBatch run, FileSinkOptions writing, Path path, FileChannel file) {
        this.group = run.groupOffset();
        this.writing = writing;
        this.path = path;
        this.file = file;
    }

    /**
     * Opens the sink of a partition.
     *
     * @param run the first batch
     * @throws UncheckedIOException if the file cannot be written to, or is locked by another process
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static FileSink open(RecordBatch run, FileSinkOptions writing) {
        Path path = writing.fileOf(run.partition());
        try {
            FileChannel file = locked(path);
            try {
                FileSink sink = new FileSink(run, writing, path, file);
                Committed before = sink.group.read();
                sink.position = Math.max(run.from(), before.offset());
                sink.committed = sink.position;
                sink.committedNanos = writing.nanoTime().getAsLong();
                sink.cutTo(before);
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
     * Cuts off what was not committed. Where the file is not the one that was committed, since none was, or somebody has emptied or moved
     * it, or it is another disk's, it is written on as it is, and that is committed before.
     */
    private void cutTo(Committed before) throws IOException {
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

    /** Takes the run's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch run) {
        if (run.from() > position) {
            return; // What lies between may be in Kafka: it is read first.
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ConsumerRecord<byte[], ByteBuffer> consumed : run.records()) {
            if (consumed.offset() >= position) {
                try {
                    lines.writeBytes(writing.lines().of(consumed));
                    lines.write('\n');
                } catch (IllegalArgumentException e) {
                    DeadLetterSender dead = writing.deadLetters();
                    letters.add(dead.deadLetter(consumed, writing.routeId(), e));
                }
            }
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(lines.toByteArray());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            position = run.lastOffset() + 1;
            commit(!letters.isEmpty());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(path + ": " + e.getMessage(), e);
    }

    private void commit(boolean now) throws IOException {
        long nanos = writing.nanoTime().getAsLong();
        if (position == committed || (!now && nanos - committedNanos < COMMIT_EVERY.toNanos())) {
            return;
        }
        file.force(false);
        Committed wanted = new Committed(position, LENGTH + file.position());
        if (!letters.isEmpty()) {
            group.commit(wanted, letters);
            letters.clear();
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
        letters.clear();
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
