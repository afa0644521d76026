package io.wadi.ingest;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Answers with where Kafka has put the request's one event; fails with what kept Kafka from it. */
public final class Receipt implements Processor {
    private static final int OK = 200;

    /**
     * A receipt.
     *
     * @param topic the topic
     * @param partition the partition
     * @param offset the offset in it
     */
    record Issued(String topic, int partition, long offset) {
        static Issued of(RecordMetadata acknowledged) {
            return new Issued(acknowledged.topic(), acknowledged.partition(), acknowledged.offset());
        }
    }

    @Override
    public void process(Exchange exchange) throws Exception {
        Receipts receipts = Receipts.of(exchange);
        if (receipts.size() != 1) {
            throw new IllegalStateException("a receipt needs one event, found " + receipts.size());
        }
        if (receipts.failure(0) != null) {
            throw receipts.failure(0);
        }
        HttpAnswers.set(exchange, OK, HttpAnswers.json(Issued.of(receipts.acknowledged(0))));
    }
}
