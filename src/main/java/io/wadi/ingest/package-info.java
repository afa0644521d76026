/** Ingest: takes events over HTTP to Kafka. The classes here are the steps of its routes: each reads a request or makes its response. */
package io.wadi.ingest;
