package io.wadi.ingest.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * Reads a request's body whole, up to a limit. What exceeds it is discarded, so that a client that is still sending can
 * read its response; after as many bytes again the request is cut off.
 */
final class BufferedBody {
    private static final byte[] NONE = {};

    private final HttpServerRequest request;
    private final long limit;
    private final Refusals refusals;
    private Buffer read;
    private long received;
    private boolean refused;

    /** What a body that is not read whole ends with. */
    interface Refusals {
        /** Whether there is room for so many bytes of it. */
        boolean isRoom(long bytes);

        /** There is none. */
        void noRoom();

        /** It is larger than the limit. */
        void tooLarge();
    }

    private BufferedBody(HttpServerRequest request, long limit, Refusals refusals) {
        this.request = request;
        this.limit = limit;
        this.refusals = refusals;
    }

    /** Hands over the body once it is there, or refuses it as soon as it is to be. Where the client goes before, does neither. */
    static void read(HttpServerRequest request, long limit, Consumer<byte[]> whole, Refusals refusals) {
        BufferedBody body = new BufferedBody(request, limit, refusals);
        request.handler(body::received).endHandler(ended -> body.ended(whole));
        if ("100-continue".equalsIgnoreCase(request.headers().get("Expect"))) {
            request.response().writeContinue();
        }
    }

    /** Throws away the body of a request that is refused, as one that is too large. */
    static void discard(HttpServerRequest request, long limit) {
        BufferedBody body = new BufferedBody(request, limit, null);
        body.refused = true;
        request.handler(body::received);
    }

    private void received(Buffer chunk) {
        received += chunk.length();
        if (received > 2 * limit) {
            Responses.cutOff(request);
        } else if (!refused && received > limit) {
            refuse();
            refusals.tooLarge();
        } else if (!refused && !refusals.isRoom(received)) {
            refuse();
            refusals.noRoom();
        } else if (!refused) {
            read = read == null ? chunk : read.appendBuffer(chunk);
        }
    }

    private void refuse() {
        refused = true;
        read = null;
    }

    private void ended(Consumer<byte[]> whole) {
        if (!refused) {
            byte[] body = read == null ? NONE : read.getBytes();
            read = null;
            whole.accept(body);
        }
    }
}
