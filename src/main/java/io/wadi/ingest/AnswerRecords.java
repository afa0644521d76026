package io.wadi.ingest;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.rest.RestAnswer;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.kafka.Causes;
import java.util.function.ToIntFunction;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers a produce request of the Kafka REST convention: an offset or an error for each record, in their order. */
public final class AnswerRecords implements Processor {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final ToIntFunction<String> partitions;

    /** Takes how many partitions a topic has, as far as the producer knows; must not block. */
    public AnswerRecords(ToIntFunction<String> partitions) {
        this.partitions = partitions;
    }

    /**
     * Makes the exchange's answer of its {@link Receipts}.
     *
     * @throws RestException 404 where the path names a partition that the topic does not have
     */
    @Override
    public void process(Exchange exchange) {
        String topic = exchange.getProperty(SendEvents.TOPIC, String.class);
        Receipts receipts = Receipts.of(exchange);
        RestAnswer answer = new RestAnswer();
        for (int i = 0; i < receipts.size(); i++) {
            Exception failure = receipts.failure(i);
            if (failure != null) {
                answer.failed(Causes.unwrap(failure), "not acknowledged: " + Causes.inShort(failure));
            } else if (receipts.problem(i) != null) {
                answer.refused(inBody(i, receipts.problem(i), receipts.acknowledged(i) != null));
            } else {
                answer.stands(
                        receipts.acknowledged(i).partition(),
                        receipts.acknowledged(i).offset());
            }
        }
        if (answer.status() != OK && isBeyond(topic, IntakeRequest.of(exchange).path("partition"))) {
            throw new RestException(RestError.noPartition(topic));
        }
        HttpAnswers.set(exchange, answer.status(), answer.body());
        if (answer.status() == UNAVAILABLE) {
            HttpAnswers.setRetryAfter(exchange);
        }
    }

    /** The problem with its place in the body; what the topic's schema says of a record begins at its value. */
    private static Problem inBody(int index, Problem problem, boolean kept) {
        String record = "/records/" + index;
        String pointer = problem.pointer();
        String text = kept ? problem.text() + "; it is kept as a dead letter" : problem.text();
        if (pointer.startsWith(record)) {
            return new Problem(pointer, text);
        }
        return new Problem(pointer.isEmpty() ? record : record + "/value" + pointer, text);
    }

    /** Whether the path names a partition that is not there. */
    private boolean isBeyond(String topic, String partition) {
        return partition != null && Long.parseLong(partition) >= partitions.applyAsInt(topic);
    }
}
