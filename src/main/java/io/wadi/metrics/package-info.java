/**
 * Server metrics: reads Metricbeat's documents, creates alerts from them, and measures this machine in documents of the
 * same form.
 *
 * <p>The routing itself is in {@code routes/server-metrics.camel.yaml} and {@code routes/host-metrics.camel.yaml}.
 */
package io.wadi.metrics;
