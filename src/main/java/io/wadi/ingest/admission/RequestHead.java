package io.wadi.ingest.admission;

import io.wadi.runtime.security.Peer;

/** The head of a request, known before its body is read. */
public interface RequestHead {
    /** The connection's remote end, from {@link Admission#peer}. */
    Peer peer();

    /**
     * A header by its case-insensitive name; null if absent. Several values are joined by commas in order (RFC 9110, section
     * 5.3).
     */
    String header(CharSequence name);

    /** The key in the query, for clients that cannot set headers; null if absent or the query is malformed. */
    String queryKey();

    /** The request's topic; null if it has none and needs no permission. */
    String topic();

    /** The declared length of the body in bytes; -1 if unknown, 0 without a body. */
    long contentLength();

    /** The maximum length of the body in bytes as sent. */
    long maxBody();

    /** Returns whether the request has waited too long because the event loop is overloaded. */
    boolean isLate();
}
