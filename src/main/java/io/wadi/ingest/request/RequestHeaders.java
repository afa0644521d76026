package io.wadi.ingest.request;

import io.vertx.core.http.HttpHeaders;

/** The names of headers that are read from every request, with precomputed hashes. */
public final class RequestHeaders {
    /** The origin of the page that sent the request. */
    public static final CharSequence ORIGIN = HttpHeaders.createOptimized("Origin");

    /** The media types that the client accepts. */
    public static final CharSequence ACCEPT = HttpHeaders.createOptimized("Accept");

    public static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("Content-Type");
    public static final CharSequence CONTENT_ENCODING = HttpHeaders.createOptimized("Content-Encoding");
    static final CharSequence EXPECT = HttpHeaders.createOptimized("Expect");
    public static final CharSequence PREFER = HttpHeaders.createOptimized("Prefer");
    public static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("Idempotency-Key");
    public static final CharSequence CE_SPECVERSION = HttpHeaders.createOptimized("ce-specversion");

    private RequestHeaders() {}
}
