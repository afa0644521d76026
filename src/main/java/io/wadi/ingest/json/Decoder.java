package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Undoes a body's content coding (RFC 9110, section 8.4) piece by piece, and no more of it at a time than is taken. Where the
 * pieces begin and end makes no difference.
 */
interface Decoder extends AutoCloseable {
    /**
     * The decoder for a Content-Encoding.
     *
     * @param contentEncoding the header's value, empty for none
     * @param lease is charged with the decoder's memory until it is closed
     * @throws BodyException 415 for another than gzip and zstd, and for several; 503 if the lease has no room
     */
    static Decoder of(String contentEncoding, Lease lease) {
        String coding = contentEncoding.strip().toLowerCase(Locale.ROOT);
        return switch (coding) {
            case "", "identity" -> new PlainDecoder();
            case "gzip", "x-gzip" -> new GzipDecoder(lease);
            case "zstd" -> new ZstdDecoder(lease);
            default ->
                throw BodyException.unsupported(
                        "this Content-Encoding is not taken; send gzip, zstd or the body as it is");
        };
    }

    /**
     * Takes the next bytes. Only when {@link #next} has found nothing more in those before; they must not change until then.
     *
     * @param encoded with an array
     */
    void push(ByteBuffer encoded);

    /**
     * The next decoded bytes, with an array; they are overwritten by the next call.
     *
     * @return null where more is needed
     * @throws BodyException where the bytes are not in this coding
     */
    ByteBuffer next();

    /**
     * There are no more bytes. Only when {@link #next} has found nothing more.
     *
     * @throws BodyException where more would have to come
     */
    void end();

    /** Frees what is held; more than once does no harm. */
    @Override
    void close();
}
