/** The runtime of source connectors: ownership, source offsets in Kafka, and transactions. */
package io.wadi.extension.connectors.source;
