package io.wadi.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * A filter of headers between Camel and Kafka. It drops all headers of consumed records, because they could control
 * Camel or a later producer (as in CVE-2026-49098). Records that a route sends have the headers that the route has set
 * as strings or byte arrays, but none of Camel's own.
 */
public final class WadiHeaders implements HeaderFilterStrategy {
    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return name.startsWith("Camel")
                || name.startsWith("kafka.")
                || name.startsWith("org.apache.")
                || !(value instanceof String || value instanceof byte[]);
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
