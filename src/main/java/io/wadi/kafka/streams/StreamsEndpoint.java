package io.wadi.kafka.streams;

import io.wadi.kafka.topics.LinkedEndpoint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.kafka.streams.TopologyDescription;

/**
 * An endpoint of a topology. Its route receives an exchange for each change of state, with the state's name as the
 * body.
 */
public final class StreamsEndpoint extends DefaultEndpoint implements LinkedEndpoint {
    private final StreamsComponent streams;
    private final String name;

    StreamsEndpoint(String uri, StreamsComponent component, String name) {
        super(uri, component);
        this.streams = component;
        this.name = name;
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new StreamsConsumer(this, processor, name, flow(), streams);
    }

    @Override
    public Set<String> reads() {
        Set<String> topics = new HashSet<>();
        nodes().forEach(node -> {
            if (node instanceof TopologyDescription.Source source) {
                add(source, topics);
            }
        });
        flow().description().get().globalStores().forEach(store -> add(store.source(), topics));
        return topics;
    }

    /** Returns the current flow, which a hot reload may replace. */
    private StreamsFlow flow() {
        return streams.flow(name);
    }

    private static void add(TopologyDescription.Source source, Set<String> topics) {
        if (source.topicSet() != null) {
            source.topicSet().stream()
                    .filter(topic -> !StreamsReset.isInternal(topic))
                    .forEach(topic -> topics.add(TOPIC + topic));
        }
    }

    @Override
    public String group() {
        return flow().applicationId();
    }

    @Override
    public Set<String> feeds() {
        Set<String> topics = new HashSet<>();
        for (TopologyDescription.Node node : nodes()) {
            if (node instanceof TopologyDescription.Sink sink
                    && sink.topic() != null
                    && !StreamsReset.isInternal(sink.topic())) {
                topics.add(TOPIC + sink.topic());
            }
        }
        return topics;
    }

    private List<TopologyDescription.Node> nodes() {
        return flow().description().get().subtopologies().stream()
                .flatMap(part -> part.nodes().stream())
                .toList();
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("streams:" + name + " supports consumers only: use it in from");
    }
}
