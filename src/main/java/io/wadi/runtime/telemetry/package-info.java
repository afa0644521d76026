/** What is counted and shown of each partition and topic: kept without a lookup, and written as Prometheus reads it. */
package io.wadi.runtime.telemetry;
