/** Declared Kafka Streams topologies: the files of {@code streams/}, run as routes and reloaded while running. */
package io.wadi.streams;
