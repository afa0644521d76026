package io.wadi.ingest.json;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.limits.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Undoes the content coding of a body that is there as a whole and is needed as a whole. */
public final class DecodedBody {
    private DecodedBody() {}

    /**
     * The body as it was before it was coded; the very array where it was not.
     *
     * @param contentEncoding the header's value, empty for none
     * @param limits of which those of the body count
     * @param lease is charged with the decoded body, and with the decoder until this returns
     * @throws BodyException 415 for a coding that is not read, 400 where the body is not in it, 413 where it becomes too large,
     *     503 where there is no room for what it becomes
     */
    public static byte[] of(byte[] body, String contentEncoding, BodyLimits limits, Lease lease) {
        try (Decoder decoder = Decoder.of(contentEncoding, lease)) {
            if (decoder instanceof PlainDecoder) {
                return body;
            }
            ByteArrayOutputStream decoded = new ByteArrayOutputStream(body.length);
            decoder.push(ByteBuffer.wrap(body));
            for (ByteBuffer piece = decoder.next(); piece != null; piece = decoder.next()) {
                limits.refuseTooLarge(body.length, (long) decoded.size() + piece.remaining());
                if (!lease.grow(piece.remaining())) {
                    throw BodyException.unavailable("there is no room at the moment for what the body decompresses to");
                }
                decoded.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            }
            decoder.end();
            return decoded.toByteArray();
        }
    }
}
