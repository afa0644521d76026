/** The targets of the records of topics, for completeness and receipts. */
package io.wadi.kafka.targets;
