/** The states of receipts: where the record of a topic, partition and offset has arrived. */
package io.wadi.ingest.receipts;
