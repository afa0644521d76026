package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.files.Layout;
import io.wadi.landing.format.Encoding;
import java.nio.ByteBuffer;
import java.time.Instant;
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
 * @param recordTime the time in milliseconds since the epoch that selects a record's directory
 * @param publisher publishes files while the next ones are written
 * @param rejections receives records that the format cannot represent
 * @param nanoTime the clock for a file's age
 * @param since the time when the endpoint started
 */
record LandingConfiguration(
        FileStore store,
        Layout layout,
        Identities identities,
        Encoding encoding,
        RollPolicy rollPolicy,
        ToLongFunction<ConsumerRecord<?, ?>> recordTime,
        Publisher publisher,
        Rejections rejections,
        LongSupplier nanoTime,
        Instant since) {

    interface Identities {
        /** Returns the topic's identity; empty if unknown, so that its directory is not checked. */
        Optional<TopicIdentity> of(String topic);
    }

    interface Publisher {
        /** Runs the publication now or later, on any thread. */
        Future<?> begin(Callable<Void> publication);
    }

    /** Receives records that the format cannot represent. */
    interface Rejections {
        /** Begins to store the record elsewhere; it is stored once {@link DeadLetterSender.Sent#await} has returned. */
        DeadLetterSender.Sent reject(ConsumerRecord<byte[], ByteBuffer> rejected, Exception cause);
    }
}
