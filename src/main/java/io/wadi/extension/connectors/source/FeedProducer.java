package io.wadi.extension.connectors.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.convert.Transforms;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Converts the items of a batch to records or dead letters and sends them in a transaction. */
final class FeedProducer extends DefaultProducer {
    private final String topic;
    private final Format format;
    private final Transforms transforms;
    private final DeadLetterSender deadLetters;
    private final Format asText = Format.of("json", "");

    FeedProducer(
            FeedEndpoint endpoint, String topic, Format format, Transforms transforms, DeadLetterSender deadLetters) {
        super(endpoint);
        this.topic = topic;
        this.format = format;
        this.transforms = transforms;
        this.deadLetters = deadLetters;
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof SourceBatch batch)) {
            throw new IllegalArgumentException("feed: takes what database: and lines: have read, not "
                    + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        List<ProducerRecord<Object, Object>> records =
                new ArrayList<>(batch.items().size());
        batch.items().forEach(item -> records.add(record(item, routeId)));
        boolean isKept = false;
        while (!isKept) {
            try {
                batch.keep(records);
                isKept = true;
            } catch (RejectedSendException e) {
                refused(records, batch.items().get(e.place()), e, routeId);
            }
        }
    }

    /** Replaces a record with its dead letter; if Kafka rejects that too, the source waits. */
    private void refused(
            List<ProducerRecord<Object, Object>> records, SourceRecord item, RejectedSendException e, String routeId) {
        if (!records.get(e.place()).topic().equals(topic)) {
            throw new IllegalStateException(
                    "a dead letter is not taken by " + deadLetters.topic() + ": " + e.getMessage(), e);
        }
        records.set(e.place(), letter(item, (Exception) e.getCause(), routeId));
    }

    private ProducerRecord<Object, Object> record(SourceRecord item, String routeId) {
        if (item.refusal() != null) {
            return letter(item, item.refusal(), routeId);
        }
        try {
            return new ProducerRecord<>(
                    topic, null, item.time().toEpochMilli(), item.key(), value(item), headers(item));
        } catch (IllegalArgumentException e) {
            return letter(item, e, routeId);
        }
    }

    private byte[] value(SourceRecord item) {
        Fields fields = item.value();
        if (fields == null && transforms.isEmpty()) {
            return item.raw();
        }
        if (fields == null) {
            throw new IllegalStateException(
                    "transforms need fields, which lines=raw has not; allowed with them: json and string");
        }
        // A dead letter has the original fields.
        Fields changed =
                transforms.isEmpty() ? fields : new Fields(fields.json().deepCopy(), new HashMap<>(fields.types()));
        transforms.apply(changed, item.time());
        return format.write(changed);
    }

    private ProducerRecord<Object, Object> letter(SourceRecord item, Exception cause, String routeId) {
        byte[] value = item.raw() == null ? asText.write(item.value()) : item.raw();
        return deadLetters.deadLetter(topic, item.key(), value, headers(item), routeId, cause);
    }

    private static Headers headers(SourceRecord item) {
        Headers headers = new RecordHeaders();
        item.headers().forEach((name, text) -> headers.add(name, text.getBytes(UTF_8)));
        return headers;
    }
}
