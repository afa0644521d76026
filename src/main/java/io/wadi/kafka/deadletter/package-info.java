/** Dead letters: failed records, written to a topic with their source and cause, and replayed. */
package io.wadi.kafka.deadletter;
