/**
 * Declared Kafka Streams topologies: the files of {@code streams/}, which are run as routes and can be reloaded while
 * they run.
 */
package io.wadi.streams;
