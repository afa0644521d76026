package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Decodes the content coding of a body in memory. */
public final class DecodedBody {
    private DecodedBody() {}

    /**
     * Returns the decoded body; the same array without a coding.
     *
     * @param contentEncoding the header's value, empty for none
     * @param limits only those of the body apply
     * @param lease is charged with the decoded body, and with the decoder until this returns
     * @throws RequestException 415 for an unsupported coding, 400 if the body is not in it, 413 if it is, or decodes to,
     *     more than the limit, 503 without memory for it
     */
    public static byte[] of(byte[] body, String contentEncoding, BodyLimits limits, Lease lease) {
        try (Decoder decoder = Decoder.of(contentEncoding, lease)) {
            if (decoder instanceof PlainDecoder) {
                limits.checkSize(body.length, body.length);
                return body;
            }
            ByteArrayOutputStream decoded = new ByteArrayOutputStream(body.length);
            decoder.push(ByteBuffer.wrap(body));
            for (ByteBuffer piece = decoder.next(); piece != null; piece = decoder.next()) {
                limits.checkSize(body.length, (long) decoded.size() + piece.remaining());
                if (!lease.grow(piece.remaining())) {
                    throw RequestException.unavailable("not enough memory for the decompressed body at the moment");
                }
                decoded.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            }
            decoder.end();
            return decoded.toByteArray();
        }
    }
}
