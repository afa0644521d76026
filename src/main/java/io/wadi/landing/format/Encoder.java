package io.wadi.landing.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes records to one file. Until {@link #finish} it buffers some of them and occupies native memory. A file without
 * records is valid. After an exception other than {@link RejectedRecordException} the file is invalid. Not thread-safe.
 */
public interface Encoder extends Closeable {

    /**
     * Adds a record.
     *
     * @throws RejectedRecordException if the format cannot represent it; the file is unchanged
     */
    void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException;

    /**
     * Returns the file's size in bytes, with buffered bytes counted uncompressed; after {@link #finish} its final size.
     */
    long bytes();

    /** Completes the file; nothing can be added afterwards. The stream stays open. */
    void finish() throws IOException;

    /** Releases all resources without writing to the file; never throws. */
    @Override
    void close();
}
