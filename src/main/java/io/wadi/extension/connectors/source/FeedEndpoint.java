package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.convert.Transforms;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** The topic of a source, and the format of its records. Takes a {@link SourceBatch} as the body. */
public final class FeedEndpoint extends DefaultEndpoint implements LinkedEndpoint {
    private final FeedComponent component;
    private final String topic;
    private String value = "json";
    private String schema = "";
    private String transforms = "";

    FeedEndpoint(String uri, FeedComponent component, String topic) {
        super(uri, component);
        this.component = component;
        this.topic = topic;
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

    /** Changes to the fields, such as {@code rename cust=customer; drop secret}. */
    public void setTransforms(String transforms) {
        this.transforms = transforms;
    }

    @Override
    public Set<String> feeds() {
        return Set.of(TOPIC + topic);
    }

    @Override
    public Producer createProducer() {
        return new FeedProducer(
                this, topic, Format.of(value, schema), Transforms.of(transforms), component.deadLetters());
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("feed: can be sent to, not consumed from");
    }
}
