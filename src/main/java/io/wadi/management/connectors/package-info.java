/** Routes watched and steered in the form of Kafka Connect's REST API, on the management port. */
package io.wadi.management.connectors;
