/**
 * Alerts on metric documents by rules that are data: {@code alerts.yaml}, the reading of the values, the states of each
 * rule and host, the records that tell of their changes, and the states as bytes.
 *
 * <p>Nothing here knows Kafka or Camel, holds a thread or looks at a clock: documents, times and stored states are given,
 * alerts and states are handed back.
 */
package io.wadi.metrics.alerts;
