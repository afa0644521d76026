package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.convert.Transformations;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.Set;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * The endpoint {@code source-records:topic}: sends a source's records to a topic, in one transaction with the source offset. Its
 * body is a {@link SourceBatch}.
 */
public final class SourceRecordsEndpoint extends DefaultEndpoint implements LinkedEndpoint {
    private final String topic;
    private final DeadLetterSender deadLetters;
    private String value = "json";
    private String schema = "";
    private String transforms = "";

    public SourceRecordsEndpoint(String uri, Component component, String topic, DeadLetterSender deadLetters) {
        super(uri, component);
        this.topic = topic;
        this.deadLetters = deadLetters;
    }

    /** The topic. */
    public String topic() {
        return topic;
    }

    /** The format of records' values: {@code json}, {@code json-schema}, {@code avro} or {@code string}. */
    public void setValue(String value) {
        this.value = value;
    }

    /** The schema's file, such as {@code schemas/orders.avsc}, where values are to be Avro. */
    public void setSchema(String schema) {
        this.schema = schema;
    }

    /** Kafka Connect's transformations: the properties {@code transforms} and {@code predicates} of a connector, a line each. */
    public void setTransforms(String transforms) {
        this.transforms = transforms;
    }

    @Override
    public Set<String> feeds() {
        return Set.of(TOPIC + topic);
    }

    @Override
    public Producer createProducer() {
        return new SourceRecordsProducer(
                this, topic, Converters.of(value, schema), new Transformations<>(transforms), deadLetters);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("source-records: can be sent to, not consumed from");
    }
}
