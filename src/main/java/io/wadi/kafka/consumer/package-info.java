/** The consumer of every route: what it hands over, what is done and committed, and what it waits for. */
package io.wadi.kafka.consumer;
