package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.apache.commons.codec.digest.DigestUtils;

/** The first 16 bytes of a SHA-256. */
record Digest(long high, long low) {
    static final int BYTES = 2 * Long.BYTES;

    /** Returns the digest of an event's id in its topic. */
    static Digest ofId(String topic, byte[] id) {
        MessageDigest sha = DigestUtils.getSha256Digest();
        add(sha, topic.getBytes(UTF_8));
        sha.update(id);
        return of(sha);
    }

    /** Returns the digest of an event's key and value; either may be null. */
    static Digest ofEvent(byte[] key, ByteBuffer value) {
        MessageDigest sha = DigestUtils.getSha256Digest();
        add(sha, key);
        if (value != null) {
            sha.update((byte) 1);
            sha.update(value.duplicate());
        }
        return of(sha);
    }

    /** Adds bytes with their length, so that no two sequences are the same; null has none. */
    private static void add(MessageDigest sha, byte[] bytes) {
        sha.update(ByteBuffer.allocate(Integer.BYTES)
                .putInt(bytes == null ? -1 : bytes.length)
                .flip());
        if (bytes != null) {
            sha.update(bytes);
        }
    }

    private static Digest of(MessageDigest sha) {
        return read(ByteBuffer.wrap(sha.digest()));
    }

    static Digest read(ByteBuffer from) {
        return new Digest(from.getLong(), from.getLong());
    }

    void write(ByteBuffer to) {
        to.putLong(high).putLong(low);
    }
}
