/**
 * Server metrics: reading Metricbeat's documents, the alerts made of them, and this machine's own metrics as such
 * documents.
 *
 * <p>What goes where is said in {@code routes/server-metrics.camel.yaml} and {@code routes/host-metrics.camel.yaml};
 * these classes hold what YAML should not: the parser, the alert's bytes, the measuring.
 */
package io.wadi.metrics;
