/** From events to Kafka records: checks by topic, sending within a window, acknowledgements and receipts. */
package io.wadi.ingest.send;
