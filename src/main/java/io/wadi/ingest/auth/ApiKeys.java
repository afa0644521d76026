package io.wadi.ingest.auth;

import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;

/**
 * The hashes of the keys of a {@code keys.yaml}. The duration of a comparison does not depend on where two hashes
 * differ, whether a key of that name exists, or how many hashes it has. Immutable.
 */
public final class ApiKeys {
    /** The value if keys are not configured. */
    public static final ApiKeys NONE = new ApiKeys(Map.of());

    /** A hash that no known text has. */
    private static final byte[] NO_HASH = new byte[ApiKey.HASH_BYTES];

    private static final Key UNKNOWN = new Key(null, NO_HASH, NO_HASH);

    private final Map<String, Key> keys;

    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    record Key(Principal principal, byte[] hash, byte[] otherHash) {
        /** Returns a key with one hash, or two while the key is rotated. */
        static Key of(Principal principal, byte[]... hashes) {
            return new Key(principal, hashes[0], hashes.length > 1 ? hashes[1] : NO_HASH);
        }
    }

    ApiKeys(Map<String, Key> keys) {
        this.keys = Map.copyOf(keys);
    }

    /**
     * Reads a {@code keys.yaml}.
     *
     * @throws IllegalArgumentException with all errors, one a line, each with its location
     */
    public static ApiKeys parse(byte[] yaml) {
        return new ApiKeys(KeysFile.read(yaml));
    }

    public boolean areConfigured() {
        return this != NONE;
    }

    public Set<String> names() {
        return keys.keySet();
    }

    /** Returns whether there is a key of this name that may write to a topic, expired or not. */
    public boolean permits(String name, String topic) {
        Key key = keys.get(name);
        return key != null && key.principal().topics().match(topic);
    }

    /** Returns the principal of a key, expired or not; null if the key is unknown. */
    @SuppressWarnings("ShortCircuitBoolean") // always compares both hashes
    public Principal find(String text) {
        String name = ApiKey.nameIn(text);
        if (name == null) {
            return null;
        }
        Key key = keys.getOrDefault(name, UNKNOWN);
        byte[] hash = ApiKey.hash(text);
        boolean matches = MessageDigest.isEqual(hash, key.hash()) | MessageDigest.isEqual(hash, key.otherHash());
        return matches ? key.principal() : null;
    }
}
