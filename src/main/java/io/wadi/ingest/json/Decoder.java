package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * A decoder of a body's content coding (RFC 9110, section 8.4). It decodes piece by piece and on demand, regardless of
 * where pieces start and end.
 */
interface Decoder extends AutoCloseable {
    /** Maximum number of members or frames without content, to which no limit of sizes applies. */
    int MAX_EMPTY_PARTS = 1000;

    /**
     * Returns the decoder for a Content-Encoding.
     *
     * @param contentEncoding the value of the header; empty if absent
     * @param lease the lease to which the decoder's memory is charged until the decoder is closed
     * @throws RequestException 415 for codings other than gzip and zstd, and for several; 503 if memory is exhausted
     */
    static Decoder of(String contentEncoding, Lease lease) {
        String coding = contentEncoding.strip().toLowerCase(Locale.ROOT);
        return switch (coding) {
            case "", "identity" -> new PlainDecoder();
            case "gzip", "x-gzip" -> new GzipDecoder(lease);
            case "zstd" -> new ZstdDecoder(lease);
            default ->
                throw RequestException.unsupported(
                        "unsupported Content-Encoding; send gzip, zstd or an unencoded body");
        };
    }

    /**
     * Adds the next bytes, after {@link #next} has returned null. They must not change until it returns null again.
     *
     * @param encoded a buffer with an array
     */
    void push(ByteBuffer encoded);

    /**
     * Returns the next decoded bytes in a buffer with an array; the next call overwrites them.
     *
     * @return null if more input is needed
     * @throws RequestException 400 if the input is not in this coding
     */
    ByteBuffer next();

    /**
     * Ends the input, after {@link #next} has returned null.
     *
     * @throws RequestException 400 if the input is incomplete
     */
    void end();

    /** Frees the decoder's memory; further calls have no effect. */
    @Override
    void close();
}
