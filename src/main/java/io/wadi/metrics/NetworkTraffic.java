package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/**
 * Traffic of an interface since it came up, in the form of Metricbeat's {@code system.network}. See <a
 * href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the system module's fields</a>.
 */
record NetworkTraffic(String name, Way in, Way out) {

    /**
     * The counters of one direction.
     *
     * @param dropped dropped packets; empty if the operating system does not report them
     */
    record Way(long bytes, long packets, long errors, OptionalLong dropped) {
        private ObjectNode toJson() {
            ObjectNode way = JsonNodeFactory.instance
                    .objectNode()
                    .put("bytes", bytes)
                    .put("packets", packets)
                    .put("errors", errors);
            dropped.ifPresent(count -> way.put("dropped", count));
            return way;
        }
    }

    ObjectNode toJson() {
        ObjectNode network = JsonNodeFactory.instance.objectNode().put("name", name);
        network.set("in", in.toJson());
        network.set("out", out.toJson());
        return network;
    }
}
