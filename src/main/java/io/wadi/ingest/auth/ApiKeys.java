package io.wadi.ingest.auth;

import java.security.MessageDigest;
import java.util.Map;

/**
 * The keys of a {@code keys.yaml}. It holds hashes only, and compares them in a time that depends neither on where two hashes
 * differ, nor on whether there is such a key, nor on how many hashes it has.
 */
public final class ApiKeys {
    /** No keys. */
    public static final ApiKeys NONE = new ApiKeys(Map.of());

    /** No text has this hash, as far as anybody can tell. */
    private static final byte[] NO_HASH = new byte[ApiKey.HASH_BYTES];

    private static final Key NOBODY = new Key(null, NO_HASH, NO_HASH);

    private final Map<String, Key> keys;

    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    record Key(Principal grant, byte[] hash, byte[] otherHash) {
        /** A key of one hash or, while it is replaced by a new one, two. */
        static Key of(Principal grant, byte[]... hashes) {
            return new Key(grant, hashes[0], hashes.length > 1 ? hashes[1] : NO_HASH);
        }
    }

    ApiKeys(Map<String, Key> keys) {
        this.keys = Map.copyOf(keys);
    }

    /**
     * Reads a {@code keys.yaml}.
     *
     * @throws IllegalArgumentException with all its mistakes, a line each, beginning with where they stand
     */
    public static ApiKeys parse(byte[] yaml) {
        return new ApiKeys(KeysFile.read(yaml));
    }

    /** How many there are. */
    public int count() {
        return keys.size();
    }

    /** What a key grants; null where there is no such key. Whether its time is over is not looked at. */
    @SuppressWarnings("ShortCircuitBoolean") // both hashes are compared, always
    public Principal find(String text) {
        String name = ApiKey.nameIn(text);
        if (name == null) {
            return null;
        }
        Key key = keys.getOrDefault(name, NOBODY);
        byte[] hash = ApiKey.hash(text);
        boolean isIt = MessageDigest.isEqual(hash, key.hash()) | MessageDigest.isEqual(hash, key.otherHash());
        return isIt ? key.grant() : null;
    }
}
