/** Bad input by the hundred thousand, sent to a running Wadi, with a ledger of what it answers and what Kafka holds afterwards. */
package io.wadi.ingest.fuzz;
