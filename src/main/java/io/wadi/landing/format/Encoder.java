package io.wadi.landing.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Writes records into one file. Holds some of them, and native memory, until {@link #finish}. A file without records is
 * whole too. After an exception other than a refusal the file is of no use. For one thread.
 */
public interface Encoder extends Closeable {

    /**
     * Adds a record.
     *
     * @throws RejectedRecordException where the format cannot hold it; the file is as before
     */
    void write(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException, IOException;

    /** The file's size in bytes so far, where what is not compressed yet counts as it is; after {@link #finish} its size. */
    long bytes();

    /** Writes what the file lacks; nothing can be added afterwards. The file stays open. */
    void finish() throws IOException;

    /** Lets go of everything without writing to the file any more; never throws. */
    @Override
    void close();
}
