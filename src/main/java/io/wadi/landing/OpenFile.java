package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encoder;
import io.wadi.landing.format.RejectedRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A file under a temporary name, to which a partition's records are written. Used by one thread at a time. */
final class OpenFile {
    private final String path;
    private final FileStore.Output out;
    private final Encoder encoder;
    private final long first;
    private final long bucket;
    private final String directory;
    private final long openedNanos;
    private long records;

    private OpenFile(
            String path,
            FileStore.Output out,
            Encoder encoder,
            long first,
            long bucket,
            String directory,
            long openedNanos) {
        this.path = path;
        this.out = out;
        this.encoder = encoder;
        this.first = first;
        this.bucket = bucket;
        this.directory = directory;
        this.openedNanos = openedNanos;
    }

    /** Creates a file that begins at an offset, for records of the time bucket of {@code time}. */
    static OpenFile create(LandingConfiguration landing, String path, long first, long time) throws IOException {
        TimeBuckets times = landing.layout().times();
        FileStore.Output out = landing.store().create(path);
        try {
            return new OpenFile(
                    path,
                    out,
                    landing.encoding().open(out),
                    first,
                    times.bucket(time),
                    times.directory(time),
                    landing.nanoTime().getAsLong());
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
    }

    void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException {
        encoder.write(consumed);
        records++;
    }

    /** Closes the file; returns once all its bytes are on the disks of the DataNodes. */
    void finish() throws IOException {
        encoder.finish();
        out.sync();
        out.close();
    }

    /** Abandons the file without waiting. */
    void abort() {
        encoder.close();
        out.abort();
    }

    String path() {
        return path;
    }

    long first() {
        return first;
    }

    long bucket() {
        return bucket;
    }

    /** Returns the directory of its time bucket, relative to the partition's. */
    String directory() {
        return directory;
    }

    long openedNanos() {
        return openedNanos;
    }

    long records() {
        return records;
    }

    /** Returns the file's size in bytes, including buffered bytes. */
    long bytes() {
        return encoder.bytes();
    }

    long written() {
        return out.written();
    }
}
