/** Kafka Connect's converters and transformations, for the values of connectors. */
package io.wadi.extension.connectors.convert;
