package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.files.Layout;
import io.wadi.landing.format.Encoding;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How the partitions of one endpoint are landed.
 *
 * @param store where
 * @param layout under which names
 * @param identities which topic a name stands for
 * @param encoding how records become files
 * @param rotation when a file is published
 * @param recordTime the time in milliseconds since 1970 that decides which directory by time a record's file stands in
 * @param publisher where files are published while the next ones are being written
 * @param refusals where records go that the format cannot hold
 * @param nanoTime the clock for a file's age
 */
record Landing(
        FileStore store,
        Layout layout,
        Identities identities,
        Encoding encoding,
        RollPolicy rotation,
        ToLongFunction<ConsumerRecord<?, ?>> recordTime,
        Publisher publisher,
        Refusals refusals,
        LongSupplier nanoTime) {

    /** Knows which topic a name stands for now. */
    interface Identities {
        /** Empty where that cannot be told; then nobody looks whose records stand in a directory. */
        Optional<TopicIdentity> of(String topic);
    }

    /** Runs what publishes a file. */
    interface Publisher {
        /** Begins it, now or later, on any thread. */
        Future<?> begin(Callable<Void> publication);
    }

    /** Takes records that the format cannot hold. Returns when the record is kept elsewhere, or throws. */
    interface Refusals {
        void refuse(ConsumerRecord<byte[], ByteBuffer> refused, Exception cause);
    }

    long time(ConsumerRecord<?, ?> consumed) {
        return recordTime.applyAsLong(consumed);
    }
}
