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
 * The configuration of one endpoint's partitions.
 *
 * @param store the file system
 * @param layout of directories
 * @param identities identifies topics
 * @param encoding of records in files
 * @param rollPolicy when a file is published
 * @param recordTime the time in milliseconds since the epoch that chooses a record's directory
 * @param publisher publishes files while the next ones are written
 * @param refusals takes records that the format cannot hold
 * @param nanoTime the clock for a file's age
 */
record LandingConfiguration(
        FileStore store,
        Layout layout,
        Identities identities,
        Encoding encoding,
        RollPolicy rollPolicy,
        ToLongFunction<ConsumerRecord<?, ?>> recordTime,
        Publisher publisher,
        Refusals refusals,
        LongSupplier nanoTime) {

    /** Identifies topics by name. */
    interface Identities {
        /** Returns the topic's identity; empty if unknown, so that directories are not checked. */
        Optional<TopicIdentity> of(String topic);
    }

    /** Runs publications of files. */
    interface Publisher {
        /** Runs it now or later, on any thread. */
        Future<?> begin(Callable<Void> publication);
    }

    /** Takes records that the format cannot hold. Returns once the record is stored elsewhere, or throws. */
    interface Refusals {
        void refuse(ConsumerRecord<byte[], ByteBuffer> refused, Exception cause);
    }

    long time(ConsumerRecord<?, ?> consumed) {
        return recordTime.applyAsLong(consumed);
    }
}
