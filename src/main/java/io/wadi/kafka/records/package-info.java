/** Records read from a topic and shown to people: a bounded number of them, with secrets masked. */
package io.wadi.kafka.records;
