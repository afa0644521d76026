package io.wadi.streams.definition;

import java.util.List;

/**
 * A file of {@code streams/}: one application of Kafka Streams.
 *
 * @param name of the file, without its extension
 * @param description for the user interface
 * @param application the application id
 * @param threads stream threads in each instance
 * @param standbys standby replicas of each state store
 * @param bean name of the bean that makes the topology; null if it is declared by flows
 */
public record StreamsFile(
        String name,
        String description,
        String application,
        int threads,
        int standbys,
        String bean,
        List<Table> tables,
        List<Flow> flows) {}
