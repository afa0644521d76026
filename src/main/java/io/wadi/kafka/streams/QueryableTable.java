package io.wadi.kafka.streams;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.function.Function;

/**
 * A state store of a topology that can be queried by key over HTTP.
 *
 * @param name the name in queries
 * @param file the file that declares it
 * @param description the kind, in words
 * @param store the name of the state store
 * @param size the windows' size; zero for none and for sessions
 * @param value converts a stored value to JSON; throws {@link IllegalArgumentException} if the value is malformed
 */
public record QueryableTable(
        String name,
        String file,
        Kind kind,
        String description,
        String store,
        Duration size,
        Keys keys,
        Function<Object, JsonNode> value) {

    public enum Kind {
        /** A value for each key of this instance's partitions. */
        BY_KEY,
        /** A value for each key of all partitions, in each instance. */
        GLOBAL,
        /** A value for each key and window of a fixed size, which ends before its end. */
        WINDOWS,
        /** A value for each key and sliding window, which contains its end. */
        SLIDING,
        /** A value for each key and session. */
        SESSIONS
    }

    /** Returns the start of the earliest window of a fixed size that contains a time, in milliseconds since 1970. */
    long firstStart(long at) {
        return Math.max(0, at - size.toMillis() + (kind == Kind.SLIDING ? 0 : 1));
    }

    /**
     * The type of keys.
     *
     * @param type its name
     * @param bytes serializes a key; throws {@link IllegalArgumentException} if the text is not such a key
     * @param text the inverse; throws {@link IllegalArgumentException} if the bytes are not such a key
     */
    public record Keys(String type, Function<String, byte[]> bytes, Function<byte[], String> text) {}
}
