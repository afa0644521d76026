package io.wadi.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The sends of an open transaction, with the records among them that Kafka rejects. Not thread-safe.
 *
 * <p>Once a batch of a transaction has failed, the producer fails all batches that are not in flight with the same
 * exception, and further sends throw ({@code Sender.maybeSendAndPollTransactionalRequest} of kafka-clients 4.3). So the
 * exception of a record does not prove that the record is invalid. The following records count as rejected:
 * <ul>
 *   <li>the first record that failed as invalid, since no batch had failed before it;
 *   <li>each record that failed with an exception that no other record has. The last failed record of its partition is
 *       excepted, since it may be a batch of one valid record that failed with the others.
 * </ul>
 * Other invalid records are found in the next attempt, which omits the rejected ones.
 */
public final class TransactionalSends {
    private final Producer<Object, Object> producer;
    private final List<Future<RecordMetadata>> sent = new ArrayList<>();
    /** In the order in which the records failed: on the producer's thread, or within a send. */
    private final List<Failure> failures = Collections.synchronizedList(new ArrayList<>());

    private KafkaException refusal;

    private record Failure(int index, TopicPartition partition, Exception cause) {}

    public TransactionalSends(Producer<Object, Object> producer) {
        this.producer = producer;
    }

    /** Sends a record, unless the transaction has failed; then {@link #locations} throws. */
    public void send(ProducerRecord<Object, Object> record) {
        if (refusal != null) {
            return;
        }
        int index = sent.size();
        try {
            sent.add(producer.send(record, (metadata, cause) -> {
                if (cause != null) {
                    failures.add(new Failure(index, new TopicPartition(record.topic(), metadata.partition()), cause));
                }
            }));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            refusal = e;
        }
    }

    /**
     * Waits until Kafka has responded, and returns the records' locations in the order of sending.
     *
     * @throws RejectedSendException if Kafka will never accept some of the records
     * @throws KafkaException if a record was not acknowledged for another reason
     */
    public List<RecordMetadata> locations() {
        if (!sent.isEmpty()) {
            producer.flush();
        }
        List<RecordMetadata> locations = new ArrayList<>(sent.size());
        Throwable failure = refusal;
        for (Future<RecordMetadata> each : sent) {
            try {
                locations.add(each.get());
            } catch (ExecutionException e) {
                failure = failure == null ? e.getCause() : failure;
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
        if (failure != null) {
            Map<Integer, Exception> rejected = rejected(sentFailures());
            throw rejected.isEmpty()
                    ? new KafkaException("A send of the transaction failed: " + Causes.inShort(failure), failure)
                    : new RejectedSendException(rejected);
        }
        return locations;
    }

    /** Returns the failures without that of a record if its send threw after the producer appended it to a batch. */
    private List<Failure> sentFailures() {
        synchronized (failures) {
            return failures.stream().filter(each -> each.index() < sent.size()).toList();
        }
    }

    private static Map<Integer, Exception> rejected(List<Failure> failures) {
        Set<Exception> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Exception> shared = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<TopicPartition, Integer> last = new HashMap<>();
        for (Failure each : failures) {
            if (!seen.add(each.cause())) {
                shared.add(each.cause());
            }
            last.merge(each.partition(), each.index(), Math::max);
        }
        Set<Integer> ambiguous = new HashSet<>(last.values());
        Map<Integer, Exception> rejected = new HashMap<>();
        for (Failure each : failures) {
            boolean isOwn = !shared.contains(each.cause()) && !ambiguous.contains(each.index());
            if (RejectedSendException.isRejection(each.cause()) && (isOwn || rejected.isEmpty())) {
                rejected.put(each.index(), each.cause());
            }
        }
        return rejected;
    }
}
