package io.wadi.streams.topology;

import io.wadi.kafka.Causes;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;

/**
 * The topology that a bean supplies. It is built once for each start, because a bean that keeps its builder would add
 * its nodes again in a second call. Thread-safe.
 */
final class BeanTopology {
    private final CamelContext camel;
    private final String name;
    private Supplier<?> builtBy;
    private Topology next;
    private TopologyDescription description;

    BeanTopology(CamelContext camel, String name) {
        this.camel = camel;
        this.name = name;
    }

    /** Builds the topology of the next start. Returns the reason why that is not possible; empty if it is. */
    synchronized Optional<String> obstacle() {
        if (bean().isEmpty()) {
            return Optional.of("topology: there is no bean %s that is a java.util.function.Supplier of a %s"
                    .formatted(name, Topology.class.getName()));
        }
        try {
            next();
            return Optional.empty();
        } catch (RuntimeException | LinkageError e) {
            return Optional.of("topology: bean %s failed: %s".formatted(name, Causes.inShort(e)));
        }
    }

    /** Returns the topology of the next start without taking it; an empty one if the bean is missing. */
    synchronized Topology next() {
        Optional<Supplier<?>> bean = bean();
        if (bean.isEmpty()) {
            return new Topology();
        }
        // A hot reload may have replaced the bean since then.
        if (next == null || builtBy != bean.get()) {
            next = (Topology) bean.get().get();
            description = next.describe();
            builtBy = bean.get();
        }
        return next;
    }

    /** Returns the topology for this start. The next call returns another one. */
    synchronized Topology take() {
        Topology taken = next();
        next = null;
        return taken;
    }

    /** Describes the last topology that was built; an empty one if the bean is missing or has failed each time. */
    synchronized TopologyDescription describe() {
        boolean isBuilt = description != null || obstacle().isEmpty();
        return isBuilt ? description : new Topology().describe();
    }

    private Optional<Supplier<?>> bean() {
        return camel.getRegistry().lookupByName(name) instanceof Supplier<?> supplier
                ? Optional.of(supplier)
                : Optional.empty();
    }
}
