/**
 * Ingest: writes events from HTTP to Kafka. The classes here are the steps of its routes: each reads a request or
 * creates its response.
 */
package io.wadi.ingest;
