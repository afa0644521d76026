/**
 * Topologies of Kafka Streams in Java, as a comparison with Wadi's routing of server metrics and its topology files.
 */
package io.wadi.bench.streams;
