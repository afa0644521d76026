package io.wadi.ingest.send;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.util.ObjectHelper;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A report of the deliveries of a list of events, in order: the exchange's body after {@link SendEvents} for a list.
 */
public final class Receipts implements DeliveryReport {
    private static final int CONFLICT = 409;
    /** The heap of an outcome with its metadata and its place in the list, without its problem. */
    private static final long OUTCOME_BYTES = 80;

    private final List<Outcome> outcomes = new ArrayList<>(1);
    private final boolean durable;
    private long problemBytes;
    private int stored;
    private int failed;

    /** Creates an empty report; {@code durable} is whether the topic gives receipts. */
    public Receipts(boolean durable) {
        this.durable = durable;
    }

    private static final class Outcome {
        private Problem problem;
        private boolean isConflict;
        private RecordMetadata acknowledged;
        private Exception failure;

        boolean isOpen() {
            return problem == null && acknowledged == null && failure == null;
        }
    }

    /** Returns the receipts of an exchange's events. */
    public static Receipts of(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Receipts receipts) {
            return receipts;
        }
        throw new IllegalStateException(
                "Route %s: found a body of %s, expected the receipts of the step send-events for a list of events"
                        .formatted(
                                exchange.getFromRouteId(),
                                ObjectHelper.className(exchange.getMessage().getBody())));
    }

    /** Returns whether acknowledgements are receipts with partition and offset; those of dead letters always are. */
    public boolean areDurable() {
        return durable;
    }

    @Override
    public int add() {
        outcomes.add(new Outcome());
        return outcomes.size() - 1;
    }

    @Override
    public int addInvalid(Problem problem) {
        int event = add();
        rejected(event, problem);
        return event;
    }

    @Override
    public void acknowledged(int event, RecordMetadata metadata) {
        Outcome outcome = outcomes.get(event);
        outcome.acknowledged = metadata;
        stored += outcome.problem == null ? 1 : 0;
    }

    @Override
    public void rejected(int event, Problem problem) {
        Outcome outcome = outcomes.get(event);
        problemBytes += problem.heldBytes() - (outcome.problem == null ? 0 : outcome.problem.heldBytes());
        outcome.problem = problem;
    }

    @Override
    public void conflicting(int event, Problem problem, RecordMetadata first) {
        rejected(event, problem);
        outcomes.get(event).isConflict = true;
    }

    @Override
    public void notAcknowledged(int event, Exception reason) {
        outcomes.get(event).failure = reason;
        failed++;
    }

    @Override
    public long bytes() {
        return outcomes.size() * OUTCOME_BYTES + problemBytes;
    }

    /**
     * Returns the partition and offset of a single event.
     *
     * @param abortReason the reason for which the event may have no outcome; null if it has one
     * @throws Exception if the event is not acknowledged: Kafka's failure, {@code abortReason} if the event has no
     *     outcome, or {@link RequestException} 400 with the event's problem, or 409 if another event has its id
     */
    public RecordMetadata singleReceipt(RequestException abortReason) throws Exception {
        if (abortReason != null && (outcomes.isEmpty() || outcomes.get(0).isOpen())) {
            throw abortReason;
        }
        if (size() != 1) {
            throw new IllegalStateException("found " + size() + " events, expected one");
        }
        if (failure(0) != null) {
            throw failure(0);
        }
        if (acknowledged(0) == null) {
            throw outcomes.get(0).isConflict
                    ? new RequestException(CONFLICT, problem(0).toString())
                    : RequestException.invalid(problem(0).toString());
        }
        return acknowledged(0);
    }

    public int size() {
        return outcomes.size();
    }

    /** Returns the number of valid events that are acknowledged. */
    public int stored() {
        return stored;
    }

    /** Returns the number of events that were sent and are not acknowledged. */
    public int failed() {
        return failed;
    }

    /**
     * Returns an event's problem; null for a valid event. An event with a problem may be acknowledged as a dead letter.
     */
    public Problem problem(int event) {
        return outcomes.get(event).problem;
    }

    /** Returns why an event was not acknowledged; null if it was acknowledged or not sent. */
    public Exception failure(int event) {
        return outcomes.get(event).failure;
    }

    /** Returns the partition and offset of an event; null if it is not acknowledged. */
    public RecordMetadata acknowledged(int event) {
        return outcomes.get(event).acknowledged;
    }
}
