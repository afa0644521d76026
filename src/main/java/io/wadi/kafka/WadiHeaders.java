package io.wadi.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/**
 * Which headers cross between Camel and Kafka: none inwards, since a record's header could otherwise steer Camel or a later
 * producer (CVE-2026-49098 was such a case); outwards those that a route has set itself, never Camel's own.
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
