package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.function.Function;

/**
 * Something that a topology keeps by keys, and that others may ask for.
 *
 * @param name what it is asked for by
 * @param file where it is declared
 * @param kind what it is
 * @param what the same, for people
 * @param store the name of its state in Kafka Streams
 * @param size how long its windows are; zero where it has none, or such as differ
 * @param keys what its keys are
 * @param value makes JSON of what the state has; {@link IllegalArgumentException} where that cannot be read
 */
public record QueryableTable(
        String name,
        String file,
        Kind kind,
        String what,
        String store,
        Duration size,
        Keys keys,
        Function<Object, JsonNode> value) {

    /** What is kept. */
    public enum Kind {
        /** A value under each key, of the partitions that are read here. */
        BY_KEY,
        /** The same, of all partitions in each process. */
        GLOBAL,
        /** A value for each window of a key, all windows of one size. */
        WINDOWS,
        /** The same, each window as long as it came to be. */
        SESSIONS
    }

    /**
     * Its keys.
     *
     * @param type in a word
     * @param bytes makes a key of a text; {@link IllegalArgumentException} where it is none
     * @param text the other way; {@link IllegalArgumentException} where the bytes are no such key
     */
    public record Keys(String type, Function<String, byte[]> bytes, Function<byte[], String> text) {}
}
