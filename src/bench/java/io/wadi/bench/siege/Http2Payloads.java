package io.wadi.bench.siege;

import static io.wadi.bench.siege.Http2Bytes.CANCEL;
import static io.wadi.bench.siege.Http2Bytes.CONTINUATION;
import static io.wadi.bench.siege.Http2Bytes.DATA;
import static io.wadi.bench.siege.Http2Bytes.END_HEADERS;
import static io.wadi.bench.siege.Http2Bytes.HEADERS;
import static io.wadi.bench.siege.Http2Bytes.INITIAL_WINDOW_SIZE;
import static io.wadi.bench.siege.Http2Bytes.PING;
import static io.wadi.bench.siege.Http2Bytes.RST_STREAM;
import static io.wadi.bench.siege.Http2Bytes.SETTINGS;
import static io.wadi.bench.siege.Http2Bytes.WINDOW_UPDATE;

import io.wadi.bench.siege.HostileKind.Volley;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/** The payloads of hostile clients over HTTP/2; the number of a volley's frames or streams is a parameter. */
final class Http2Payloads {
    private static final String SELECT = "/api/select?color=red&user=siege";

    private Http2Payloads() {}

    /** Returns the id of a volley's stream; earlier volleys of the connection have as many streams. */
    private static int stream(Shot shot, int each, int number) {
        return 1 + 2 * (shot.onConnection() * each + number);
    }

    private static byte[] number(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    /** Returns requests that are reset immediately. */
    static Volley rapidReset(int streams) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < streams; i++) {
                int stream = stream(shot, streams, i);
                bytes.request(stream, true, "GET", SELECT).frame(RST_STREAM, 0, stream, number(CANCEL));
            }
            return bytes.done();
        };
    }

    static Volley settings(int frames) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < frames; i++) {
                bytes.frame(SETTINGS, 0, 0, Http2Bytes.setting(INITIAL_WINDOW_SIZE, 1_000 + i));
            }
            return bytes.done();
        };
    }

    static Volley pings(int frames) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < frames; i++) {
                bytes.frame(PING, 0, 0, new byte[Long.BYTES]);
            }
            return bytes.done();
        };
    }

    /** Returns empty data frames of a body. */
    static Volley emptyData(int frames) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            if (shot.onConnection() == 0) {
                bytes.request(1, false, "POST", "/events/" + shot.target().topic(), "content-type", "application/json");
            }
            for (int i = 0; i < frames; i++) {
                bytes.frame(DATA, 0, 1);
            }
            return bytes.done();
        };
    }

    static Volley windowUpdates(int frames) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < frames; i++) {
                bytes.frame(WINDOW_UPDATE, 0, 0, number(1));
            }
            return bytes.done();
        };
    }

    /** Returns headers without an end. */
    static Volley continuation(int frames) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            if (shot.onConnection() == 0) {
                bytes.frame(HEADERS, 0, 1, Http2Bytes.block("GET", SELECT));
            }
            for (int i = 0; i < frames; i++) {
                bytes.frame(CONTINUATION, 0, 1, Http2Bytes.header("x-" + i, "c"));
            }
            return bytes.done();
        };
    }

    /** Returns 12,000 references to a header of 3,900 bytes: 47 MB of headers in one frame. */
    static Volley headerBomb() {
        return shot -> Http2Bytes.on(shot)
                .frame(
                        HEADERS,
                        END_HEADERS | Http2Bytes.END_STREAM,
                        stream(shot, 1, 0),
                        Http2Bytes.repeated(3_900, 12_000))
                .done();
    }

    /** Returns requests of 13 bytes that each refer to a header of 3,900 bytes. */
    static Volley repeatedHeader(int streams) {
        return shot -> {
            int each = streams + 1;
            int flags = END_HEADERS | Http2Bytes.END_STREAM;
            Http2Bytes bytes =
                    Http2Bytes.on(shot).frame(HEADERS, flags, stream(shot, each, 0), Http2Bytes.repeated(3_900, 0));
            for (int i = 1; i < each; i++) {
                bytes.frame(HEADERS, flags, stream(shot, each, i), Http2Bytes.repetition());
            }
            return bytes.done();
        };
    }

    /** Returns requests with responses that are blocked by a flow-control window of zero. */
    static Volley zeroWindow(int streams) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot, Http2Bytes.setting(INITIAL_WINDOW_SIZE, 0));
            for (int i = 0; i < streams; i++) {
                bytes.request(stream(shot, streams, i), true, "GET", "/openapi.json");
            }
            return bytes.done();
        };
    }

    /** Returns bodies that represent a megabyte each and do not end. */
    static Volley gzipUnfinished(int streams) {
        Supplier<byte[]> body = Payloads.once(Payloads::gzippedLargeEvent);
        return shot -> {
            byte[] unfinished = Arrays.copyOf(body.get(), body.get().length - 8);
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < streams; i++) {
                int stream = stream(shot, streams, i);
                post(bytes, shot, stream, "content-encoding", "gzip");
                bytes.frame(DATA, 0, stream, unfinished);
            }
            return bytes.done();
        };
    }

    /** Returns bodies that are sent one byte at a time, stream by stream. */
    static Volley slowBodies(int streams) {
        return shot -> {
            Http2Bytes bytes = Http2Bytes.on(shot);
            for (int i = 0; i < streams; i++) {
                post(bytes, shot, stream(shot, streams, i), "content-length", "100000");
            }
            for (int i = 0; i < 100 * streams; i++) {
                bytes.frame(DATA, 0, stream(shot, streams, i % streams), (byte) ' ');
            }
            return bytes.done();
        };
    }

    private static void post(Http2Bytes bytes, Shot shot, int stream, String header, String value) {
        bytes.request(
                stream,
                false,
                "POST",
                "/events/" + shot.target().topic(),
                "content-type",
                "application/x-ndjson",
                header,
                value);
    }
}
