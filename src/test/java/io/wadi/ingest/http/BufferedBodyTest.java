package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Memory that is charged for buffered bodies. The listener grants it up to a limit; each value is the total of a body.
 */
class BufferedBodyTest {
    private static final int PART = 64 << 10;
    private static final int LENGTH = 2_150_000;

    private final MultiMap headers = HttpHeaders.headers();
    private final List<byte[]> read = new ArrayList<>();
    private final byte[] sent = new byte[LENGTH];
    private Handler<Buffer> parts;
    private Handler<Void> end;
    private long limit = Long.MAX_VALUE;
    private long charged;
    private boolean noRoom;

    /** Sends the body in parts; returns the first part. */
    private Buffer receive() {
        new Random(1).nextBytes(sent);
        HttpServerRequest request = (HttpServerRequest) Proxy.newProxyInstance(
                HttpServerRequest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> answer(proxy, method.getName(), arguments));
        BufferedBody.read(request, 4L * LENGTH, read::add, new BufferedBody.BodyListener() {
            @Override
            public long reserve(long needed, long preferred) {
                charged = Math.max(charged, preferred <= limit ? preferred : Math.min(needed, limit));
                return preferred <= limit ? preferred : needed <= limit ? needed : 0;
            }

            @Override
            public void outOfMemory() {
                noRoom = true;
            }

            @Override
            public void tooLarge() {
                throw new AssertionError("too large");
            }
        });
        Buffer first = Buffer.buffer().appendBytes(sent, 0, PART);
        parts.handle(first);
        for (int from = PART; from < LENGTH; from += PART) {
            parts.handle(Buffer.buffer().appendBytes(sent, from, Math.min(PART, LENGTH - from)));
        }
        end.handle(null);
        return first;
    }

    @SuppressWarnings("unchecked")
    private Object answer(Object request, String method, Object[] arguments) {
        switch (method) {
            case "handler" -> parts = (Handler<Buffer>) arguments[0];
            case "endHandler" -> end = (Handler<Void>) arguments[0];
            case "headers" -> {
                return headers;
            }
            default -> throw new UnsupportedOperationException(method);
        }
        return request;
    }

    @Test
    void memory_isChargedForTheArray_notOnlyForItsContent() {
        Buffer first = receive();

        assertThat(read).containsExactly(sent);
        assertThat(first.length()).as("nothing is appended to the first part").isEqualTo(PART);
        assertThat(charged).isBetween((long) LENGTH, LENGTH + LENGTH / 4L);
    }

    @Test
    void declaredLength_isTheMostThatIsCharged() {
        headers.set(HttpHeaders.CONTENT_LENGTH, Integer.toString(LENGTH));

        receive();

        assertThat(read).containsExactly(sent);
        assertThat(charged).isEqualTo(LENGTH);
    }

    /** With more memory, the array would grow by a quarter. */
    @Test
    void bodyThatNearlyNeedsAllMemory_isRead() {
        limit = LENGTH + LENGTH / 32;

        receive();

        assertThat(noRoom).isFalse();
        assertThat(read).containsExactly(sent);
        assertThat(charged).isBetween((long) LENGTH, limit);
    }

    @Test
    void bodyWithoutMemory_isNotReadFurther() {
        limit = 1_000_000;

        receive();

        assertThat(noRoom).isTrue();
        assertThat(read).isEmpty();
    }
}
