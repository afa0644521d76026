package io.wadi.ingest.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * Reads a request's body whole, up to a limit. What comes beyond it is thrown away, so that a client that is still sending can
 * read its answer; where as much again has come, the connection is closed.
 */
final class WholeBody {
    private static final byte[] NONE = {};

    private final HttpServerRequest request;
    private final long limit;
    private final Runnable tooLarge;
    private Buffer read;
    private long received;
    private boolean refused;

    private WholeBody(HttpServerRequest request, long limit, Runnable tooLarge) {
        this.request = request;
        this.limit = limit;
        this.tooLarge = tooLarge;
    }

    /** Hands over the body once it is there, or says that it is too large as soon as it is. Where the client goes before, does neither. */
    static void read(HttpServerRequest request, long limit, Consumer<byte[]> whole, Runnable tooLarge) {
        WholeBody body = new WholeBody(request, limit, tooLarge);
        request.handler(body::received).endHandler(ended -> body.ended(whole));
        if ("100-continue".equalsIgnoreCase(request.headers().get("Expect"))) {
            request.response().writeContinue();
        }
    }

    /** Throws away the body of a request that is refused, as one that is too large. */
    static void discard(HttpServerRequest request, long limit) {
        WholeBody body = new WholeBody(request, limit, () -> {});
        body.refused = true;
        request.handler(body::received);
    }

    private void received(Buffer chunk) {
        received += chunk.length();
        if (received > 2 * limit) {
            request.connection().close();
        } else if (received > limit) {
            refuse();
        } else if (!refused) {
            read = read == null ? chunk : read.appendBuffer(chunk);
        }
    }

    private void refuse() {
        if (!refused) {
            refused = true;
            read = null;
            tooLarge.run();
        }
    }

    private void ended(Consumer<byte[]> whole) {
        if (!refused) {
            whole.accept(read == null ? NONE : read.getBytes());
        }
    }
}
