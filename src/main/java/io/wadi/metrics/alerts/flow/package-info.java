/** Runs the alert rules in a Kafka Streams topology and detects hosts without data. */
package io.wadi.metrics.alerts.flow;
