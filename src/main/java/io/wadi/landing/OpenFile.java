package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Encoder;
import io.wadi.landing.format.RefusedRecordException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A file that a partition's records are written to, under its temporary name. Used by one thread at a time. */
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

    /** Creates the file whose first offset this is, for records of the directory that this time belongs to. */
    static OpenFile create(Landing landing, String path, long first, long time) throws IOException {
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

    /** Adds a record. */
    void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RefusedRecordException, IOException {
        encoder.write(consumed);
        records++;
    }

    /** Returns when all that was written is on the disks of the DataNodes, and the file is closed. */
    void finish() throws IOException {
        encoder.finish();
        out.sync();
        out.close();
    }

    /** Lets go of the file as it is, without waiting for anything. */
    void abort() {
        encoder.close();
        out.abort();
    }

    String path() {
        return path;
    }

    /** The offset that it begins with. */
    long first() {
        return first;
    }

    /** Which stretch of time its records belong to. */
    long bucket() {
        return bucket;
    }

    /** The directory of that stretch, below the partition's. */
    String directory() {
        return directory;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** How many records it holds. */
    long records() {
        return records;
    }

    /** How many bytes it has by now, those not written yet included. */
    long bytes() {
        return encoder.bytes();
    }

    /** How many bytes were written. */
    long written() {
        return out.written();
    }
}
