/** Kafka Connect's converters and transformations for the records of connectors. */
package io.wadi.extension.connectors.convert;
