package io.wadi.streams;

import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * A bean with the topology of the example log-filter, written with the Processor API. It fails at the value {@link
 * #POISON}, and {@code get} fails when called again.
 */
public final class LongerThanFive implements Supplier<Topology> {
    static final String POISON = "poison";

    private final Topology topology = new Topology();
    private final String from;
    private final String to;

    /** Creates the bean as a route file does, with the topics {@code bean.in} and {@code bean.out}. */
    public LongerThanFive() {
        this("bean.in", "bean.out");
    }

    LongerThanFive(String from, String to) {
        this.from = from;
        this.to = to;
    }

    @Override
    public Topology get() {
        return topology.addSource(
                        "in", Serdes.ByteArray().deserializer(), Serdes.String().deserializer(), from)
                .addProcessor("filter", Filter::new, "in")
                .addSink(
                        "out",
                        to,
                        Serdes.ByteArray().serializer(),
                        Serdes.String().serializer(),
                        "filter");
    }

    private static final class Filter extends ContextualProcessor<byte[], String, byte[], String> {
        @Override
        public void process(Record<byte[], String> record) {
            if (record.value().equals(POISON)) {
                throw new IllegalStateException("of this test");
            }
            if (record.value().length() > 5) {
                context().forward(record);
            }
        }
    }
}
