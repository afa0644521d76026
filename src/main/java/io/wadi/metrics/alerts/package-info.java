/**
 * Alert rules on metric documents: the parser of {@code alerts.yaml}, the evaluation of rules, the states per rule and
 * host, and their serialization. The package has no dependency on Kafka, Camel, threads or clocks.
 */
package io.wadi.metrics.alerts;
