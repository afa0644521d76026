package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Reports outcomes to a {@link ReceiptLog} in the order of the events. For deduplicated topics they arrive in any
 * order, and the receipts of retries have earlier offsets. The request's window limits the number of outcomes that
 * wait.
 */
final class OrderedDelivery implements DeliveryReport {
    private static final long OUTCOME_BYTES = 100;

    private final ReceiptLog log;
    /** The outcomes of events after {@link #next}. */
    private final Map<Integer, Runnable> waiting = new HashMap<>();

    /** The index of the first event without an outcome. */
    private int next;

    OrderedDelivery(ReceiptLog log) {
        this.log = log;
    }

    @Override
    public int add() {
        return log.add();
    }

    @Override
    public int addInvalid(Problem problem) {
        return log.addInvalid(problem);
    }

    @Override
    public void acknowledged(int event, RecordMetadata metadata) {
        known(event, () -> log.acknowledged(event, metadata));
    }

    @Override
    public void rejected(int event, Problem problem) {
        known(event, () -> log.rejected(event, problem));
    }

    @Override
    public void conflicting(int event, Problem problem, RecordMetadata firstEvent) {
        known(event, () -> log.conflicting(event, problem, firstEvent));
    }

    @Override
    public void notAcknowledged(int event, Exception reason) {
        known(event, () -> log.notAcknowledged(event, reason));
    }

    private void known(int event, Runnable report) {
        waiting.put(event, report);
        for (Runnable first = waiting.remove(next); first != null; first = waiting.remove(next)) {
            next++;
            first.run();
        }
    }

    @Override
    public long bytes() {
        return log.bytes() + waiting.size() * OUTCOME_BYTES;
    }
}
