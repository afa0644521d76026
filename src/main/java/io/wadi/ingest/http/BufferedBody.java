package io.wadi.ingest.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.request.RequestBody;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A request's body that is read into memory up to a limit. Bytes beyond the limit are discarded, so that a client that
 * is still sending can read its response; beyond twice the limit the request is terminated.
 */
final class BufferedBody {
    private static final byte[] NONE = {};
    private static final int LEAST_ADDED = 16 << 10;

    private final HttpServerRequest request;
    private final long limit;
    private final BodyListener rejections;
    /** The bytes read so far, followed by free capacity. */
    private byte[] read = NONE;

    private long received;
    private boolean rejected;

    /** The memory accounting of a body, and callbacks for a body that exceeds a limit. */
    interface BodyListener {
        /**
         * Charges memory up to a total of {@code preferred} bytes, or else of {@code needed}; returns this total, 0 if
         * the memory is not available.
         */
        long reserve(long needed, long preferred);

        /** Rejects the request: {@link #reserve} has returned 0. */
        void outOfMemory();

        /** Rejects the request: the body is longer than the limit. */
        void tooLarge();
    }

    private BufferedBody(HttpServerRequest request, long limit, BodyListener rejections) {
        this.request = request;
        this.limit = limit;
        this.rejections = rejections;
    }

    /**
     * Reads the body and passes it to {@code bodyRead}, or rejects it as soon as it exceeds a limit. Does neither if
     * the client disconnects first, or after {@link #release}.
     */
    static BufferedBody read(
            HttpServerRequest request, long limit, Consumer<byte[]> bodyRead, BodyListener rejections) {
        BufferedBody body = new BufferedBody(request, limit, rejections);
        request.handler(body::received).endHandler(ended -> body.ended(bodyRead));
        RequestBody.continueIfExpected(request);
        return body;
    }

    /** Discards the body of a rejected request, up to twice the limit. */
    static void discard(HttpServerRequest request, long limit) {
        BufferedBody body = new BufferedBody(request, limit, null);
        body.rejected = true;
        request.handler(body::received);
    }

    private void received(Buffer chunk) {
        received += chunk.length();
        if (received > 2 * limit) {
            Responses.terminate(request);
        } else if (!rejected && received > limit) {
            release();
            rejections.tooLarge();
        } else if (!rejected && !ensureCapacity(chunk.length())) {
            release();
            rejections.outOfMemory();
        } else if (!rejected) {
            chunk.getBytes(read, (int) received - chunk.length());
        }
    }

    /**
     * Enlarges the array for the latest bytes received; returns false if memory is exhausted. Most bodies arrive in one
     * piece. For longer ones the array grows by a quarter, which copies each byte about five times; doubling it would
     * occupy up to twice the size of the body. If so much memory is not available, it grows by a thirty-second.
     */
    private boolean ensureCapacity(int latest) {
        int needed = (int) received;
        if (needed <= read.length) {
            return true;
        }
        int least = needed;
        int preferred = needed;
        if (needed > latest) {
            String declared = request.headers().get(HttpHeaders.CONTENT_LENGTH);
            long most = declared == null ? limit : Math.min(limit, Long.parseLong(declared));
            preferred = (int) Math.max(needed, Math.min(most, needed + (long) Math.max(LEAST_ADDED, needed / 4)));
            least = (int) Math.max(needed, Math.min(most, needed + (long) needed / 32));
        }
        int reserved = (int) rejections.reserve(least, preferred);
        if (reserved == 0) {
            return false;
        }
        read = Arrays.copyOf(read, reserved);
        return true;
    }

    /** Releases the memory of a rejected request's body; the rest of the body is discarded, as by {@link #discard}. */
    void release() {
        rejected = true;
        read = NONE;
    }

    private void ended(Consumer<byte[]> bodyRead) {
        if (!rejected) {
            byte[] body = read.length == received ? read : Arrays.copyOf(read, (int) received);
            read = NONE;
            bodyRead.accept(body);
        }
    }
}
