/** Sending events to Kafka: validation by topic, records, the send window, acknowledgements and receipts. */
package io.wadi.ingest.send;
