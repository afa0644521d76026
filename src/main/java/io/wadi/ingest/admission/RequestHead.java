package io.wadi.ingest.admission;

import io.wadi.runtime.security.Peer;

/** The head of a request, known before its body is read. */
public interface RequestHead {
    /** Returns the connection's remote end, from {@link Admission#peer}. */
    Peer peer();

    /**
     * Returns a header by its case-insensitive name; null if absent. Several values are joined by commas, in order (RFC
     * 9110, section 5.3).
     */
    String header(CharSequence name);

    /** Returns the host with the port that the client has addressed; null if absent, as browsers never send it. */
    String host();

    /** Returns the key in the query, for clients that cannot set headers; null if absent or the query is malformed. */
    String queryKey();

    /** Returns the request's topic; null if the request has none and needs no permission. */
    String topic();

    /** Returns the declared length of the body in bytes; -1 if it is unknown, 0 if there is no body. */
    long contentLength();

    /** Returns the maximum length of the body in bytes, before decompression. */
    long maxBody();

    /** Returns whether the request has waited too long because the event loop is overloaded. */
    boolean isLate();
}
