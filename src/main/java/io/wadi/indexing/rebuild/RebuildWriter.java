package io.wadi.indexing.rebuild;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.RejectedDocumentException;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.config.Units;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Sends the documents of one partition with backpressure; a record without document is a dead letter. Not thread-safe. */
final class RebuildWriter implements BulkSender.Outcomes {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);

    private final TopicPartition partition;
    private final DocumentFactory documents;
    private final BulkSender sender;
    private final DeadLetterSender deadLetters;
    private final RebuildProgress progress;
    private final PendingBatch batch = new PendingBatch(0);

    RebuildWriter(
            TopicPartition partition,
            DocumentFactory documents,
            BulkSender.Outlet outlet,
            DeadLetterSender deadLetters,
            RebuildProgress progress) {
        this.partition = partition;
        this.documents = documents;
        this.sender = new BulkSender(outlet, this);
        this.deadLetters = deadLetters;
        this.progress = progress;
    }

    /** Adds a record; waits while as many documents as permitted are unsent or unacknowledged. */
    void take(ConsumerRecord<byte[], ByteBuffer> consumed) {
        try {
            sender.add(documents.of(consumed, batch));
        } catch (IllegalArgumentException e) {
            reject(consumed, e);
        }
        sender.attend();
        while (sender.isFull()) {
            await();
        }
        progress.reached(partition.partition(), consumed.offset());
    }

    /** Waits until each record is indexed or a dead letter. */
    void finish() {
        while (!sender.isIdle()) {
            await();
        }
    }

    private void await() {
        try {
            sender.attendWithin(POLL_INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void reject(ConsumerRecord<?, ?> consumed, Exception cause) {
        deadLetters.send(consumed, Rebuild.ROUTE, cause);
        progress.countRefused();
    }

    @Override
    public void indexed(Document document) {
        progress.countIndexed();
    }

    @Override
    public void refused(Document document, RejectedDocumentException cause) {
        reject(document.consumed(), cause);
    }

    @Override
    public void failed(String cause, int failures, Duration pause) {
        progress.failed("%s; retrying in %s (attempt %d)".formatted(cause, Units.text(pause), failures + 1));
    }
}
