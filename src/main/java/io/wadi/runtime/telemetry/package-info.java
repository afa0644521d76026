/** Telemetry: metrics of partitions and routes in Prometheus' format, traces, and a rate limit for the log. */
package io.wadi.runtime.telemetry;
