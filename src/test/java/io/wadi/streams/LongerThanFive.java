package io.wadi.streams;

import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/** The example log-filter in Java, by the Processor API, as a bean; it fails at one value, and at a second {@code get}. */
public final class LongerThanFive implements Supplier<Topology> {
    static final String POISON = "poison";

    private final Topology topology = new Topology();
    private final String from;
    private final String to;

    /** The bean of a route file. */
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
