/**
 * Server metrics: reading Metricbeat's documents, the alerts made of them, and this machine's own metrics as such
 * documents.
 *
 * <p>The routing itself is in {@code routes/server-metrics.camel.yaml} and {@code routes/host-metrics.camel.yaml}.
 */
package io.wadi.metrics;
