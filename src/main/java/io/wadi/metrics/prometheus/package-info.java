/**
 * Prometheus targets as a source of metric documents: fetching their expositions, reading them, and making documents of them
 * in the shape of Metricbeat's prometheus module.
 *
 * <p>What goes where is said in {@code routes/prometheus-scrape.camel.yaml}; these classes hold what YAML should not.
 */
package io.wadi.metrics.prometheus;
