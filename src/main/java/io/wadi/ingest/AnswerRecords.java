package io.wadi.ingest;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
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
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Answers a produce request of the Kafka REST convention: {@code {"offsets":[…]}} with an offset or an error for each record,
 * in their order, those too that were not sent since another was not acknowledged.
 */
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
        Receipts receipts = Receipts.of(exchange);
        int records = exchange.getProperty(ReadRecords.COUNT, receipts.size(), Integer.class);
        IntFunction<RestEntry> entries = i -> i < receipts.size() ? entry(receipts, i) : RestEntry.notSent();
        int status = RestEntry.status(IntStream.range(0, records).mapToObj(entries));
        String topic = exchange.getProperty(SendEvents.TOPIC, String.class);
        if (status != OK && isBeyond(topic, IngestRequest.of(exchange).path("partition"))) {
            throw new RestException(RestError.noPartition(topic));
        }
        HttpResponses.set(exchange, status, new Offsets(records, entries));
        if (status == UNAVAILABLE) {
            HttpResponses.setRetryAfter(exchange);
        }
    }

    private static RestEntry entry(Receipts receipts, int i) {
        Exception failure = receipts.failure(i);
        if (failure != null) {
            return RestEntry.failed(Causes.unwrap(failure), "not acknowledged: " + Causes.inShort(failure));
        }
        if (receipts.problem(i) != null) {
            return RestEntry.refused(inBody(i, receipts.problem(i), receipts.acknowledged(i) != null));
        }
        return RestEntry.stands(
                receipts.acknowledged(i).partition(), receipts.acknowledged(i).offset());
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

    /** The answer's body, made while it is written: an error for each of many short records is longer than these. */
    private static final class Offsets extends StreamedJson {
        private final int records;
        private final IntFunction<RestEntry> entries;
        private int next;

        Offsets(int records, IntFunction<RestEntry> entries) {
            super();
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
