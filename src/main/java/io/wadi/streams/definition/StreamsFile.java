package io.wadi.streams.definition;

import java.util.List;

/**
 * A file of {@code streams/}: one application of Kafka Streams.
 *
 * @param name the file's, without its ending
 * @param description what it does, for people
 * @param application the application id
 * @param threads how many threads work on it in a process
 * @param standbys how many other processes keep a copy of each state
 * @param bean the bean that makes its topology; null where flows declare it
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
