/**
 * Ingest: writes events from HTTP to Kafka. The classes of this package are the steps of its routes, each of which
 * reads a request or creates its response.
 */
package io.wadi.ingest;
