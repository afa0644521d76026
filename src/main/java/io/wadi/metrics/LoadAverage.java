package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Load averages over 1, 5 and 15 minutes, in the form of Metricbeat's {@code system.load}: {@code norm} has the
 * averages per core. See <a href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the
 * system module's fields</a>.
 */
record LoadAverage(double one, double five, double fifteen, int cores) {

    ObjectNode toJson() {
        ObjectNode load = averages(1);
        load.set("norm", averages(cores));
        return load.put("cores", cores);
    }

    private ObjectNode averages(int parts) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("1", Percentages.rounded(one / parts))
                .put("5", Percentages.rounded(five / parts))
                .put("15", Percentages.rounded(fifteen / parts));
    }
}
