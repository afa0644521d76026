package io.wadi.extension.connectors.source;

import io.wadi.extension.connectors.convert.ConversionEndpoint;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;

/**
 * The endpoint {@code source-records:topic}: sends the records of a source to a topic, in one transaction with the
 * source offset. The body of an exchange must be a {@link SourceBatch}.
 */
public final class SourceRecordsEndpoint extends ConversionEndpoint implements LinkedEndpoint {
    private final String topic;
    private final ToIntFunction<String> partitions;
    private final DeadLetterSender deadLetters;

    /**
     * Creates an endpoint.
     *
     * @param partitions returns a topic's current number of partitions; throws {@link
     *     org.apache.kafka.common.KafkaException} if there is no such topic
     */
    public SourceRecordsEndpoint(
            String uri,
            Component component,
            String topic,
            ToIntFunction<String> partitions,
            DeadLetterSender deadLetters) {
        super(uri, component);
        this.topic = topic;
        this.partitions = partitions;
        this.deadLetters = deadLetters;
    }

    public String topic() {
        return topic;
    }

    @Override
    public Set<String> feeds() {
        return Set.of(TOPIC + topic);
    }

    @Override
    public Producer createProducer() {
        return new SourceRecordsProducer(this, topic, values(), transformations(), partitions, deadLetters);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("source-records: can be sent to, not consumed from");
    }
}
