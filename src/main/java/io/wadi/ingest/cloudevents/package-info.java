/** CloudEvents 1.0 over HTTP, in structured, batched and binary mode. */
package io.wadi.ingest.cloudevents;
