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

    /** Hands over the body once it is there, or says at once that it is too large. Where the client goes before, does neither. */
    static void read(HttpServerRequest request, long limit, Consumer<byte[]> whole, Runnable tooLarge) {
        WholeBody body = new WholeBody(request, limit, tooLarge);
        request.handler(body::received).endHandler(ended -> body.ended(whole));
        if (body.announced() > limit) {
            body.refuse();
        } else if ("100-continue".equalsIgnoreCase(request.headers().get("Expect"))) {
            request.response().writeContinue();
        }
    }

    /** The length that the client says its body has; none, or a number that is none, is for the decoder to judge. */
    private long announced() {
        String length = request.headers().get("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
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
