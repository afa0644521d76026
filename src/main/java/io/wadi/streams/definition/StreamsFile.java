package io.wadi.streams.definition;

import java.util.List;

/**
 * A file of {@code streams/}: one application of Kafka Streams.
 *
 * @param name the name of the file, without extension
 * @param description the description for the user interface
 * @param application the application id
 * @param threads the number of stream threads in each instance
 * @param standbys the number of standby replicas of each state store
 * @param bean the name of the bean that supplies the topology; null if flows declare it
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
