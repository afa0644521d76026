package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Decodes a body's content coding (RFC 9110, section 8.4) piece by piece, on demand, regardless of where pieces start
 * and end.
 */
interface Decoder extends AutoCloseable {
    /** The maximum number of members or frames without content: they have no size that another limit would count. */
    int MAX_EMPTY_PARTS = 1000;

    /**
     * Returns the decoder for a Content-Encoding.
     *
     * @param contentEncoding the header's value, empty for none
     * @param lease is charged with the decoder's memory until it is closed
     * @throws RequestException 415 for another than gzip and zstd, and for several; 503 if the lease has no room
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
     * Adds the next bytes, once {@link #next} has returned null; they must not change until it does again.
     *
     * @param encoded with an array
     */
    void push(ByteBuffer encoded);

    /**
     * Returns the next decoded bytes, with an array; the next call overwrites them.
     *
     * @return null if more input is needed
     * @throws RequestException where the bytes are not in this coding
     */
    ByteBuffer next();

    /**
     * Ends the input, once {@link #next} has returned null.
     *
     * @throws RequestException if the input is incomplete
     */
    void end();

    /** Frees what is held; more than once does no harm. */
    @Override
    void close();
}
