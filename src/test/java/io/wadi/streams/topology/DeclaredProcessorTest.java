package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The step {@code process}. */
class DeclaredProcessorTest {
    @AutoClose
    private TopologyDriver streams;

    @Test
    void processor_selectsTheOutput_andItsPunctuatorForwardsToAll() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - process:
                      class: io.wadi.streams.topology.CountingProcessor
                      stores: [counts]
                      outputs:
                        - {name: first, to: new}
                        - name: repeated
                          steps:
                            - map: {simple: "${variable.key} ${body}"}
                          to: again
                """);

        streams.send("in", "a", "x", 0).send("in", "b", "y", 1);
        assertThat(streams.read("new")).containsExactly("a=x", "a=total 1", "b=y");
        assertThat(streams.read("again")).containsExactly("a=a total 1");

        streams.send("in", "a", "z", 60);
        assertThat(streams.read("again")).containsExactly("a=a 2", "a=a total 2", "b=b total 1");
        assertThat(streams.read("new")).containsExactly("a=total 2", "b=total 1");
    }

    @Test
    void forwardedKeys_haveTheDeclaredType_andAreRepartitionedBeforeAnAggregation() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - select-key: {jq: .k}
                  - map: {jq: .v}
                  - process: {class: %s, as: long}
                  - count: true
                to: out
                """.formatted(Doubling.class.getName()));

        streams.send("in", "a", "{\"k\":\"4\",\"v\":1}", 0)
                .send("in", "b", "{\"k\":\"4\",\"v\":2}", 1)
                .send("in", "c", "{\"k\":\"x\",\"v\":2}", 1);

        assertThat(streams.records("out"))
                .extracting(record -> record.key()[7] + "=" + new String(record.value(), UTF_8))
                .containsExactly("8=1", "8=2");
        assertThat(streams.rejections()).containsExactly("process: the key is \"xx\", expected a number");
    }

    @Test
    void recordsWithANewKey_areRepartitionedBeforeAProcessorWithStores() {
        streams = TopologyDriver.of("""
                from: {topic: in, value: json}
                steps:
                  - select-key: {jq: .k}
                  - map: {jq: .v}
                  - process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts], outputs: [
                      {name: first, to: new}, {name: repeated, to: again}]}
                """);

        streams.send("in", "a", "{\"k\":\"4\",\"v\":\"one\"}", 0);

        assertThat(streams.records("test-main-1-repartition")).hasSize(1);
        assertThat(streams.read("new")).startsWith("4=one");
    }

    /** Doubles keys: numbers by value, other keys as text. */
    public static final class Doubling implements ProcessorSupplier<String, Object, Object, Object> {
        @Override
        public Processor<String, Object, Object, Object> get() {
            return new ContextualProcessor<>() {
                @Override
                public void process(Record<String, Object> record) {
                    String key = record.key();
                    context().forward(record.withKey(key.matches("\\d+") ? Long.valueOf(key) * 2 : key + key));
                }
            };
        }
    }

    @Test
    void processorWithStores_hasAllResultsOfANewKey_alsoInABranch() {
        streams = TopologyDriver.of("""
                from: in
                steps:
                  - count: true
                  - select-key: {simple: all}
                  - branch:
                      - steps:
                          - process: {class: io.wadi.streams.topology.CountingProcessor, stores: [counts]}
                        to: out
                """);

        assertThat(streams.describe()).contains("main-2-repartition");
    }
}
