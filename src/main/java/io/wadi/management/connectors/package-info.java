/** Kafka Connect's REST API for routes, on the management port. */
package io.wadi.management.connectors;
