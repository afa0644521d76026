/** CloudEvents 1.0 over HTTP, in their structured, batched and binary form, to Kafka in its binary form. */
package io.wadi.ingest.cloudevents;
