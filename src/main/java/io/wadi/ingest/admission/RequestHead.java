package io.wadi.ingest.admission;

import io.wadi.runtime.security.Peer;

/** What is known of a request before its body is read. */
public interface RequestHead {
    /** Who the connection is from: made by {@link Admission#peer} once for each connection. */
    Peer peer();

    /**
     * A header by its name, whose case does not matter; null where there is none. Where the header stands several times, its
     * values in order, separated by commas (RFC 9110, section 5.3).
     */
    String header(CharSequence name);

    /** The key in the query, for senders that cannot set a header; null where there is none, or the query cannot be read. */
    String queryKey();

    /** The topic that the request is for; null where it is for none, and needs no right. */
    String topic();

    /** The length that the body is said to have, in bytes; -1 where it is not said, 0 where there is no body. */
    long contentLength();

    /** The largest body that is taken from such a request, in bytes as they are sent. */
    long maxBody();

    /** Whether it has waited for too long for its turn to be looked at, because more comes than can be worked on. */
    boolean isLate();
}
