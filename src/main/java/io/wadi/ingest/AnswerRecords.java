package io.wadi.ingest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.StreamedJson;
import io.wadi.ingest.rest.RestEntry;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.ingest.send.Receipts;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.Causes;
import java.io.IOException;
import java.util.BitSet;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Responds to a produce request of the Kafka REST API: {@code {"offsets":[…]}} with an offset or an error for each
 * record, in order, including records that were not sent because another was not acknowledged.
 *
 * @param partitions returns the number of a topic's partitions and must not block
 */
public record AnswerRecords(ToIntFunction<String> partitions) implements Processor {
    private static final int UNPROCESSABLE = 422;
    private static final int INTERNAL = 500;

    /**
     * Sets the exchange's response from its {@link Receipts}.
     *
     * @throws RestException 404 if the path has a partition that does not exist
     */
    @Override
    public void process(Exchange exchange) {
        Receipts receipts = Receipts.of(exchange);
        int records = exchange.getProperty(ReadRecords.COUNT, receipts.size(), Integer.class);
        RequestException reason = exchange.getProperty(SendEvents.ABORT_REASON, RequestException.class);
        BitSet rejected = exchange.getProperty(ReadRecords.REJECTED, new BitSet(), BitSet.class);
        IntFunction<RestEntry> entries =
                i -> i < receipts.size() ? entry(receipts, i, rejected.get(i), reason) : RestEntry.notSent(reason);
        int status = status(receipts, records, reason);
        String topic = exchange.getProperty(SendEvents.TOPIC, String.class);
        if (status != HttpResponses.OK
                && lacksPartition(topic, IngestRequest.of(exchange).path("partition"))) {
            throw new RestException(RestError.noPartition(topic));
        }
        HttpResponses.set(exchange, status, new Offsets(records, entries));
        if (status == HttpResponses.UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }

    /**
     * Returns 200 if any record is acknowledged, since clients of this API would otherwise resend all of them; 503 if
     * Kafka acknowledged none; 500 after an internal error; 422 if all are invalid.
     */
    private static int status(Receipts receipts, int records, RequestException reason) {
        if (receipts.stored() > 0) {
            return HttpResponses.OK;
        }
        if (receipts.failed() > 0) {
            return HttpResponses.UNAVAILABLE;
        }
        if (reason != null && reason.status() == INTERNAL) {
            return INTERNAL;
        }
        boolean isInBody = reason != null && reason.status() < INTERNAL;
        return receipts.size() < records && !isInBody ? HttpResponses.UNAVAILABLE : UNPROCESSABLE;
    }

    private static RestEntry entry(Receipts receipts, int i, boolean isOfBody, RequestException reason) {
        Exception failure = receipts.failure(i);
        if (failure != null) {
            return RestEntry.failed(Causes.unwrap(failure), "not acknowledged: " + Causes.inShort(failure));
        }
        RecordMetadata acknowledged = receipts.acknowledged(i);
        if (receipts.problem(i) != null) {
            return RestEntry.rejected(inBody(i, receipts.problem(i), isOfBody, acknowledged != null));
        }
        return acknowledged == null
                ? RestEntry.notSent(reason)
                : RestEntry.acknowledged(acknowledged.partition(), acknowledged.offset());
    }

    /**
     * Returns a problem with a pointer relative to the body; pointers of the topic's schema are relative to the
     * record's value.
     *
     * @param isOfBody whether the pointer is relative to the body already
     */
    private static Problem inBody(int index, Problem problem, boolean isOfBody, boolean isDeadLetter) {
        String record = "/records/" + index;
        String pointer = problem.pointer();
        String text = isDeadLetter ? problem.text() + "; it is stored as a dead letter" : problem.text();
        if (isOfBody) {
            return new Problem(pointer, text);
        }
        return new Problem(pointer.isEmpty() ? record : record + "/value" + pointer, text);
    }

    private boolean lacksPartition(String topic, String partition) {
        return partition != null && Long.parseLong(partition) >= partitions.applyAsInt(topic);
    }

    /** The body, which is generated while it is written: errors for many short records are longer than the records. */
    private static final class Offsets extends StreamedJson {
        private final int records;
        private final IntFunction<RestEntry> entries;
        private int next;

        Offsets(int records, IntFunction<RestEntry> entries) {
            this.records = records;
            this.entries = entries;
        }

        @Override
        protected boolean write(JsonGenerator json) throws IOException {
            if (next == 0) {
                json.writeStartObject();
                json.writeArrayFieldStart("offsets");
            }
            entries.apply(next).write(json);
            next++;
            if (next < records) {
                return true;
            }
            json.writeEndArray();
            json.writeEndObject();
            return false;
        }
    }
}
