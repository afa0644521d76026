package io.wadi.extension.connectors.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.ConnectToJson;
import io.wadi.extension.connectors.convert.ConversionEndpoint;
import io.wadi.extension.connectors.convert.Json;
import io.wadi.extension.connectors.convert.Transformations;
import io.wadi.format.JsonText;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Values;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;

/**
 * A producer that transforms and converts the records of a batch, and sends them, or their dead letters, in a
 * transaction.
 */
final class SourceRecordsProducer extends DefaultProducer {
    private final String topic;
    private final Converter converter;
    private final Transformations<SourceRecord> transformations;
    private final ToIntFunction<String> partitions;
    private final DeadLetterSender deadLetters;
    private final boolean hasConversion;

    SourceRecordsProducer(
            SourceRecordsEndpoint endpoint,
            String topic,
            Converter converter,
            Transformations<SourceRecord> transformations,
            ToIntFunction<String> partitions,
            DeadLetterSender deadLetters) {
        super(endpoint);
        this.topic = topic;
        this.converter = converter;
        this.transformations = transformations;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
        this.hasConversion = endpoint.hasConversion();
    }

    @Override
    public void process(Exchange exchange) {
        if (!(exchange.getMessage().getBody() instanceof SourceBatch batch)) {
            throw new IllegalArgumentException(
                    "source-records: expected a batch of database:, file-stream: or hdfs-files:, found "
                            + exchange.getMessage().getBody());
        }
        String routeId = exchange.getFromRouteId();
        List<PolledRecord> polled = new ArrayList<>();
        List<ProducerRecord<Object, Object>> records = new ArrayList<>();
        for (PolledRecord each : batch.records()) {
            ProducerRecord<Object, Object> record = record(each, routeId);
            if (record != null) {
                polled.add(each);
                records.add(record);
            }
        }
        while (!batch.isCommitted()) {
            try {
                batch.commit(records);
            } catch (RejectedSendException e) {
                if (e.causes().lastKey() >= records.size()) {
                    throw e; // Kafka rejected a source offset.
                }
                e.causes().forEach((index, cause) -> {
                    if (records.get(index).topic().equals(deadLetters.topic())) {
                        throw new IllegalStateException(
                                "topic " + deadLetters.topic() + " rejects a dead letter: " + cause.getMessage(),
                                cause);
                    }
                    records.set(index, deadLetter(polled.get(index), cause, routeId));
                });
            }
        }
    }

    /** Returns the record to send, or its dead letter; null if a transformation drops it. */
    private ProducerRecord<Object, Object> record(PolledRecord polled, String routeId) {
        if (polled.rejection() != null) {
            return deadLetter(polled, polled.rejection(), routeId);
        }
        try {
            SourceRecord record = transformations.apply(withTopic(polled));
            if (record == null) {
                return null;
            }
            requirePlace(record);
            return new ProducerRecord<>(
                    record.topic(),
                    record.kafkaPartition(),
                    record.timestamp(),
                    key(record.keySchema(), record.key()),
                    value(record, polled),
                    headers(record));
        } catch (IllegalArgumentException e) {
            return deadLetter(polled, e, routeId);
        }
    }

    /** Rejects an invalid topic, and a partition that does not exist: a send would fail without end. */
    private void requirePlace(SourceRecord record) {
        if (record.topic() == null || !Topic.isValid(record.topic())) {
            throw new IllegalArgumentException(
                    "a transformation set the topic \"%s\": expected 1 to 249 letters, digits, dots, underscores and hyphens"
                            .formatted(record.topic()));
        }
        Integer partition = record.kafkaPartition();
        int count = partition == null ? 0 : partitions.applyAsInt(record.topic());
        if (partition != null && (partition < 0 || partition >= count)) {
            throw new IllegalArgumentException("a transformation set partition %d of topic %s: expected one of 0 to %d"
                    .formatted(partition, record.topic(), count - 1));
        }
    }

    private SourceRecord withTopic(PolledRecord polled) {
        SourceRecord record = polled.record();
        if (record.value() == null && hasConversion) {
            throw new IllegalStateException(ConversionEndpoint.RAW_HAS_NO_FIELDS);
        }
        return record.newRecord(
                topic,
                null,
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.timestamp());
    }

    private byte[] value(SourceRecord record, PolledRecord polled) {
        if (polled.record().value() == null) {
            return polled.raw();
        }
        return record.value() == null
                ? null
                : converter.fromConnectData(record.topic(), record.valueSchema(), record.value());
    }

    private static byte[] key(Schema schema, Object key) {
        if (key == null || key instanceof byte[]) {
            return (byte[]) key;
        }
        if (key instanceof String text) {
            return utf8("the key", text);
        }
        JsonNode json = ConnectToJson.json(schema, key);
        // A time is a text without quotes, like a string.
        return json.isTextual() ? utf8("the key", json.textValue()) : Json.bytes(json);
    }

    private static byte[] utf8(String name, String text) {
        try {
            return JsonText.utf8(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage(), e);
        }
    }

    /** Returns the dead letter of a record, as it was read. */
    private ProducerRecord<Object, Object> deadLetter(PolledRecord polled, Exception cause, String routeId) {
        SourceRecord record = polled.record();
        byte[] value = polled.raw() == null ? json(record.valueSchema(), record.value()) : polled.raw();
        byte[] key = record.key() instanceof Struct columns
                ? json(record.keySchema(), columns)
                : key(record.keySchema(), record.key());
        return deadLetters.deadLetter(topic, key, value, headers(record), routeId, cause);
    }

    private static byte[] json(Schema schema, Object value) {
        try {
            return Json.bytes(ConnectToJson.object(schema, value));
        } catch (IllegalArgumentException e) {
            if (value instanceof Struct row) {
                return Json.bytes(ConnectToJson.withoutParsing(row));
            }
            throw e;
        }
    }

    private static Headers headers(SourceRecord record) {
        Headers headers = new RecordHeaders();
        record.headers()
                .forEach(header -> headers.add(
                        header.key(),
                        header.value() == null
                                ? null
                                : utf8(
                                        "the header " + header.key(),
                                        Values.convertToString(header.schema(), header.value()))));
        return headers;
    }

    @Override
    protected void doShutdown() throws Exception {
        transformations.close();
        super.doShutdown();
    }
}
