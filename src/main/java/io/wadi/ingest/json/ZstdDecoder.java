package io.wadi.ingest.json;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.Lease;
import java.nio.ByteBuffer;

/**
 * A decoder of zstd (RFC 8878): one or several frames, each with a window of at most 8 MiB, which is the limit of RFC
 * 9659 for this content coding. It parses the header of each frame before it passes it to the native decoder, so that
 * the window is charged before it is allocated.
 */
final class ZstdDecoder implements Decoder {
    private static final int MAX_WINDOW_LOG = 23;
    private static final int OUTPUT_BYTES = 1 << 16;
    /** The memory of the decoded piece, and of libzstd's context without its window (95 KiB in zstd 1.5). */
    private static final long CONTEXT = OUTPUT_BYTES + (96 << 10);
    /** The memory of libzstd's buffers beside the window: the output and the input of a block. */
    private static final long BLOCKS = 2L * (128 << 10) + 1024;

    private final byte[] decoded = new byte[OUTPUT_BYTES];
    private final Charge charge;
    private final ZstdDecompressCtx context;
    private ZstdFrameHeader header = new ZstdFrameHeader();
    /** The rest of the current frame's header that is not yet passed to the native decoder. */
    private ByteBuffer headerBytes = ByteBuffer.allocate(0);

    private ByteBuffer pushed = ByteBuffer.allocate(0);
    private long largestWindow;
    /** Whether the native decoder may have more output for the input so far. */
    private boolean isPending;

    private boolean isBetweenFrames;
    private boolean hasContent;
    private int emptyFrames;
    private boolean closed;

    /**
     * Creates a decoder.
     *
     * @throws RequestException 503 if memory is exhausted
     */
    ZstdDecoder(Lease lease) {
        charge = new Charge(lease);
        charge.to(CONTEXT);
        context = new ZstdDecompressCtx().setLongMax(MAX_WINDOW_LOG);
    }

    @Override
    public void push(ByteBuffer encoded) {
        pushed = encoded;
    }

    @Override
    public ByteBuffer next() {
        while (header.isComplete() || readHeader()) {
            ByteBuffer input = headerBytes.hasRemaining() ? headerBytes : pushed;
            if (!input.hasRemaining() && !isPending) {
                return null;
            }
            int count = decode(input);
            if (count > 0) {
                return ByteBuffer.wrap(decoded, 0, count);
            }
        }
        return null;
    }

    /** Continues to read the header of a frame; returns false if more bytes are needed. */
    private boolean readHeader() {
        while (!header.isComplete()) {
            if (!pushed.hasRemaining()) {
                return false;
            }
            header.read(pushed.get());
            isBetweenFrames = false;
        }
        long window = header.windowBytes();
        if (window <= 1 << MAX_WINDOW_LOG) { // The native decoder rejects a larger one.
            largestWindow = Math.max(largestWindow, window);
            charge.to(CONTEXT + BLOCKS + largestWindow);
        }
        headerBytes = header.bytes();
        return true;
    }

    private int decode(ByteBuffer input) {
        ByteBuffer output = ByteBuffer.wrap(decoded);
        try {
            if (context.decompressByteBufferStream(output, input)) {
                endFrame(output.position() > 0);
            } else {
                hasContent |= output.position() > 0;
            }
        } catch (ZstdException e) {
            throw invalid(e.getMessage());
        }
        isPending = !output.hasRemaining();
        return output.position();
    }

    private void endFrame(boolean endsWithContent) {
        if (!hasContent && !endsWithContent && ++emptyFrames > MAX_EMPTY_PARTS) {
            throw invalid("more than %,d of its frames are empty".formatted(MAX_EMPTY_PARTS));
        }
        hasContent = false;
        isBetweenFrames = true;
        header = new ZstdFrameHeader();
    }

    @Override
    public void end() {
        if (!isBetweenFrames) {
            throw invalid("it ends early");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.close();
            charge.close();
        }
    }

    private static RequestException invalid(String reason) {
        return RequestException.invalid("the body is not zstd: " + reason);
    }
}
