/** Dead letters: records that failed, written to a topic with where they came from and why, and read from it again. */
package io.wadi.kafka.deadletter;
