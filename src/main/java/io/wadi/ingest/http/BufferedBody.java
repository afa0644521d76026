package io.wadi.ingest.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * A request's body read into memory up to a limit. Bytes beyond the limit are discarded so that a client that is still
 * sending can read its response; beyond twice the limit the request is terminated.
 */
final class BufferedBody {
    private static final byte[] NONE = {};

    private final HttpServerRequest request;
    private final long limit;
    private final BodyListener rejections;
    private Buffer read;
    private long received;
    private boolean rejected;

    /** Callbacks for a body that exceeds a limit. */
    interface BodyListener {
        /** Returns whether memory for this many bytes of the body is available. */
        boolean isRoom(long bytes);

        void noRoom();

        void tooLarge();
    }

    private BufferedBody(HttpServerRequest request, long limit, BodyListener rejections) {
        this.request = request;
        this.limit = limit;
        this.rejections = rejections;
    }

    /**
     * Reads the body and passes it on, or rejects it as soon as it exceeds a limit. Does neither if the client
     * disconnects first.
     */
    static void read(HttpServerRequest request, long limit, Consumer<byte[]> bodyRead, BodyListener rejections) {
        BufferedBody body = new BufferedBody(request, limit, rejections);
        request.handler(body::received).endHandler(ended -> body.ended(bodyRead));
        if ("100-continue".equalsIgnoreCase(request.headers().get("Expect"))) {
            request.response().writeContinue();
        }
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
            reject();
            rejections.tooLarge();
        } else if (!rejected && !rejections.isRoom(received)) {
            reject();
            rejections.noRoom();
        } else if (!rejected) {
            read = read == null ? chunk : read.appendBuffer(chunk);
        }
    }

    private void reject() {
        rejected = true;
        read = null;
    }

    private void ended(Consumer<byte[]> bodyRead) {
        if (!rejected) {
            byte[] body = read == null ? NONE : read.getBytes();
            read = null;
            bodyRead.accept(body);
        }
    }
}
