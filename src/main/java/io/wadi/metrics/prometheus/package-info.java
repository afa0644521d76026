/**
 * Scrapes Prometheus targets and converts the samples to documents in the form of Metricbeat's prometheus module. The
 * route is {@link io.wadi.metrics.prometheus.PrometheusScrapeRoute}.
 */
package io.wadi.metrics.prometheus;
