package io.wadi.ingest.send;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.ReservedHeaders;
import java.util.Base64;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The namespace of one client's event ids: {@code ~<client>~<id>}, at most 512 bytes, which is Elasticsearch's maximum
 * length of an {@code _id}. A longer id is replaced by {@code ~#} and its SHA-256 in base64url. Anonymous clients share
 * the namespace {@code ~~}.
 */
public final class SenderIds {
    private static final int MAX_BYTES = 512;

    private final String namespace;
    private final boolean isAnonymous;

    /** Creates the namespace from the name of the client's key or token; null for an anonymous client. */
    public SenderIds(String caller) {
        this.isAnonymous = caller == null;
        this.namespace = ReservedHeaders.SENDER_ID_PREFIX + (caller == null ? "" : escaped(caller)) + "~";
    }

    /** Escapes the tilde, which ends the name, and the number sign, which begins the hashed form. */
    private static String escaped(String caller) {
        return caller.replace("%", "%25").replace("~", "%7E").replace("#", "%23");
    }

    /** Returns the record header for an event with this id. */
    public Header header(String id) {
        byte[] whole = (namespace + id).getBytes(UTF_8);
        return new RecordHeader(ReservedHeaders.SENDER_ID, whole.length <= MAX_BYTES ? whole : hashed(whole));
    }

    /**
     * Returns whether the id in a record header is from this client; false for anonymous clients, which share a
     * namespace, and for hashed ids.
     */
    public boolean isOwn(String senderId) {
        return !isAnonymous && senderId.startsWith(namespace);
    }

    private static byte[] hashed(byte[] whole) {
        String hash = Base64.getUrlEncoder().withoutPadding().encodeToString(DigestUtils.sha256(whole));
        return (ReservedHeaders.SENDER_ID_PREFIX + "#" + hash).getBytes(UTF_8);
    }
}
