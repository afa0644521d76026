/**
 * Topologies of Kafka Streams, built from definitions: the processors that run the steps, state stores and
 * repartitioning.
 */
package io.wadi.streams.topology;
