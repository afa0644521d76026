package io.wadi.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.junit.jupiter.api.Test;

class BeanTopologyTest {
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final BeanTopology topology = new BeanTopology(camel, "bean");
    private int calls;

    private void bind(Supplier<Topology> bean) {
        camel.getRegistry().unbind("bean");
        camel.getRegistry().bind("bean", bean);
    }

    private Topology topology(String topic) {
        calls++;
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream(topic);
        return builder.build();
    }

    @Test
    void bean_isCalledOncePerStart() {
        bind(() -> topology("in"));

        for (int start = 1; start <= 2; start++) {
            assertThat(topology.obstacle()).isEmpty();
            assertThat(topology.obstacle()).isEmpty();
            assertThat(topology.describe().toString()).contains("[in]");
            assertThat(topology.take().describe().toString()).contains("[in]");
            assertThat(topology.describe().toString()).contains("[in]");
            assertThat(calls).isEqualTo(start);
        }
    }

    @Test
    void replacedBean_isCalledForTheNextStart() {
        bind(() -> topology("in"));
        assertThat(topology.obstacle()).isEmpty();

        bind(() -> topology("other"));
        assertThat(topology.take().describe().toString()).contains("[other]");
    }

    @Test
    void missingOrFailingBean_isAnObstacle() {
        assertThat(topology.obstacle().orElseThrow()).startsWith("topology: there is no bean bean that is a");
        assertThat(topology.take().describe().subtopologies()).isEmpty();

        bind(() -> {
            throw new IllegalStateException("of this test");
        });
        assertThat(topology.obstacle()).contains("topology: bean bean failed: IllegalStateException: of this test");
    }

    /** The management page and a shutdown describe the topologies of all routes. */
    @Test
    void failingBean_isDescribedAsAnEmptyTopology_untilItSucceeds() {
        bind(() -> {
            throw new IllegalStateException("of this test");
        });
        assertThat(topology.describe().subtopologies()).isEmpty();

        bind(() -> topology("in"));
        assertThat(topology.describe().toString()).contains("[in]");
    }

    /** Such as that of a bean that was compiled for another version of a library. */
    @Test
    void beanThatCannotBeLinked_isAnObstacle() {
        bind(() -> {
            throw new NoClassDefFoundError("of this test");
        });

        assertThat(topology.obstacle()).contains("topology: bean bean failed: NoClassDefFoundError: of this test");
        assertThat(topology.describe().subtopologies()).isEmpty();
    }
}
