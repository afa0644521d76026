package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.common.header.Header;

/** The first 16 bytes of a SHA-256. */
record Digest(long high, long low) {
    static final int BYTES = 2 * Long.BYTES;

    /** Returns a hash that clients cannot predict, so that their ids are in different buckets of maps. */
    @Override
    public int hashCode() {
        return (int) IdTable.hash(low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && digest.low == low && digest.high == high;
    }

    private static final Comparator<Header> ORDER =
            Comparator.comparing(Header::key).thenComparing(Header::value, Comparator.nullsFirst(Arrays::compare));

    /** Returns the digest of an event's id in its topic. */
    static Digest ofId(String topic, byte[] id) {
        MessageDigest sha = DigestUtils.getSha256Digest();
        add(sha, topic.getBytes(UTF_8));
        sha.update(id);
        return of(sha);
    }

    /** Returns the digest of an event's headers, regardless of their order, and its value, which may be null. */
    static Digest ofEvent(List<Header> headers, ByteBuffer value) {
        MessageDigest sha = DigestUtils.getSha256Digest();
        List<Header> sorted =
                headers.size() < 2 ? headers : headers.stream().sorted(ORDER).toList();
        for (Header header : sorted) {
            add(sha, header.key().getBytes(UTF_8));
            add(sha, header.value());
        }
        if (value != null) {
            sha.update((byte) 1);
            sha.update(value.duplicate());
        }
        return of(sha);
    }

    /** Adds bytes after their length (-1 for null), so that different sequences have different digests. */
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
