/**
 * Scrapes Prometheus targets and converts the samples to documents in the form of Metricbeat's prometheus module. The
 * route is {@code routes/prometheus-scrape.camel.yaml}.
 */
package io.wadi.metrics.prometheus;
