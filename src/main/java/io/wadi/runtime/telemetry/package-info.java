/** Telemetry: metrics of partitions and routes in Prometheus' format, traces, and a rate limit of the log. */
package io.wadi.runtime.telemetry;
