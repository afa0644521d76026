/** Where the records of topics end, for completeness and receipts. */
package io.wadi.kafka.targets;
