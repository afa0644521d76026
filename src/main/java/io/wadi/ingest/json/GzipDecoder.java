package io.wadi.ingest.json;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** A decoder of gzip (RFC 1952): one or several members. It verifies their checksums and lengths. */
final class GzipDecoder implements Decoder {
    private static final int OUTPUT_BYTES = 1 << 16;
    /** The memory of the decoded piece, and of zlib's state with its window of 32 KiB (about 44 KiB, see zconf.h). */
    private static final long CHARGED_BYTES = OUTPUT_BYTES + (48 << 10);

    private static final int TRAILER = Long.BYTES;
    private static final long LOW_HALF = 0xFFFF_FFFFL;

    private final byte[] decoded = new byte[OUTPUT_BYTES];
    private final Charge charge;
    private final Inflater inflater;
    private final CRC32 checksum = new CRC32();
    private ByteBuffer encoded = ByteBuffer.allocate(0);
    private GzipHeader header = new GzipHeader();
    private long trailer;
    private int trailerBytes;
    private boolean betweenMembers;
    private int emptyMembers;

    /**
     * Creates a decoder.
     *
     * @throws RequestException 503 if memory is exhausted
     */
    GzipDecoder(Lease lease) {
        charge = new Charge(lease);
        charge.to(CHARGED_BYTES);
        inflater = new Inflater(true);
    }

    @Override
    public void push(ByteBuffer more) {
        encoded = more;
    }

    @Override
    public ByteBuffer next() {
        while (true) {
            if (header.isComplete() && !inflater.finished()) {
                int count = inflate();
                if (count > 0) {
                    checksum.update(decoded, 0, count);
                    return ByteBuffer.wrap(decoded, 0, count);
                }
                if (!inflater.finished()) {
                    return null;
                }
            }
            if (!encoded.hasRemaining()) {
                return null;
            }
            if (header.isComplete()) {
                readTrailer(encoded.get());
            } else {
                betweenMembers = false;
                header.read(encoded.get());
            }
        }
    }

    private int inflate() {
        try {
            inflater.setInput(encoded);
            int count = inflater.inflate(decoded);
            if (inflater.needsDictionary()) {
                throw invalid("it needs a preset dictionary");
            }
            return count;
        } catch (DataFormatException e) {
            throw invalid(e.getMessage());
        }
    }

    private void readTrailer(byte b) {
        trailer |= (b & 0xFFL) << (Byte.SIZE * trailerBytes);
        trailerBytes++;
        if (trailerBytes == TRAILER) {
            if ((trailer & LOW_HALF) != checksum.getValue()
                    || trailer >>> Integer.SIZE != (inflater.getBytesWritten() & LOW_HALF)) {
                throw invalid("its checksum or length does not match");
            }
            if (inflater.getBytesWritten() == 0 && ++emptyMembers > MAX_EMPTY_PARTS) {
                throw invalid("more than %,d of its members are empty".formatted(MAX_EMPTY_PARTS));
            }
            inflater.reset();
            checksum.reset();
            header = new GzipHeader();
            trailer = 0;
            trailerBytes = 0;
            betweenMembers = true;
        }
    }

    @Override
    public void end() {
        if (!betweenMembers) {
            throw invalid("it ends early");
        }
    }

    @Override
    public void close() {
        inflater.end();
        charge.close();
    }

    static RequestException invalid(String reason) {
        return RequestException.invalid("the body is not gzip: " + reason);
    }
}
