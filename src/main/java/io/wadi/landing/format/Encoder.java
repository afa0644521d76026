package io.wadi.landing.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes records to one file. Buffers some of them, and native memory, until {@link #finish}. A file without records is
 * complete too. After an exception other than {@link RejectedRecordException} the file is invalid. Not thread-safe.
 */
public interface Encoder extends Closeable {

    /**
     * Adds a record.
     *
     * @throws RejectedRecordException if the format cannot represent it; the file is unchanged
     */
    void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException;

    /**
     * Returns the file's size in bytes, with uncompressed bytes counted as they are; after {@link #finish} its final
     * size.
     */
    long bytes();

    /** Completes the file; nothing can be added afterwards. The stream stays open. */
    void finish() throws IOException;

    /** Releases all resources without writing to the file; never throws. */
    @Override
    void close();
}
