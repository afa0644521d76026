package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalLong;

/**
 * Memory at one moment, in bytes, in the form of Metricbeat's {@code system.memory}. {@code used} is the memory that is
 * not free. {@code actual.used} is the memory that is not available: in use, and not reclaimable from caches. See <a
 * href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the system module's fields</a>
 * and {@code metric/memory} of elastic-agent-system-metrics, where Metricbeat computes them. Unknown values are left
 * out.
 *
 * @param available memory that new programs can allocate without swapping; on Linux {@code MemAvailable}
 * @param free unused memory; on Linux {@code MemFree}
 * @param cached page cache; on Linux {@code Cached}
 */
record MemoryUsage(long total, long available, OptionalLong free, OptionalLong cached, long swapTotal, long swapUsed) {

    ObjectNode toJson() {
        ObjectNode memory = JsonNodeFactory.instance.objectNode().put("total", total);
        free.ifPresent(bytes -> memory.put("free", bytes));
        cached.ifPresent(bytes -> memory.put("cached", bytes));
        free.ifPresent(bytes -> memory.set("used", used(total - bytes, total)));
        memory.putObject("actual").put("free", available).set("used", used(total - available, total));
        memory.putObject("swap")
                .put("total", swapTotal)
                .put("free", swapTotal - swapUsed)
                .set("used", used(swapUsed, swapTotal));
        return memory;
    }

    private static ObjectNode used(long bytes, long total) {
        ObjectNode used = JsonNodeFactory.instance.objectNode().put("bytes", bytes);
        return total == 0
                ? used
                : used.put("pct", Percentages.of(bytes, total)); // a machine without swap has no percentage
    }
}
