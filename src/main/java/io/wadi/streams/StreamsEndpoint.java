package io.wadi.streams;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** A topology. Its route is told each change of its state, in words, as the body. */
public final class StreamsEndpoint extends DefaultEndpoint {
    private final StreamsComponent streams;
    private final String name;
    private final StreamsFlow flow;

    StreamsEndpoint(String uri, StreamsComponent component, String name, StreamsFlow flow) {
        super(uri, component);
        this.streams = component;
        this.name = name;
        this.flow = flow;
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        return new StreamsConsumer(this, processor, name, flow, streams);
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException("streams: can be consumed from, not sent to");
    }
}
