package io.wadi.ingest;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Answers with where Kafka has put the event, which camel-kafka leaves on the message once it is acknowledged. */
public final class Receipt implements Processor {

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
    public void process(Exchange exchange) {
        List<?> acknowledged = exchange.getMessage().getHeader(KafkaConstants.KAFKA_RECORD_META, List.class);
        if (acknowledged == null || acknowledged.size() != 1) {
            throw new IllegalStateException("a receipt needs one acknowledged record, found " + acknowledged);
        }
        Issued receipt = Issued.of((RecordMetadata) acknowledged.get(0));
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, HttpAnswers.JSON);
        exchange.getMessage().setBody(HttpAnswers.json(receipt));
    }
}
