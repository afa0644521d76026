/** Reads records from topics in bounded numbers, and formats them for operators with secrets masked. */
package io.wadi.kafka.records;
