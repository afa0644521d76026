/** Reading records from topics and formatting them for operators: in bounded numbers, with secrets masked. */
package io.wadi.kafka.records;
