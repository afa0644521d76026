package io.wadi.bench.siege;

import static io.wadi.bench.siege.Conduct.AGAIN;
import static io.wadi.bench.siege.Conduct.DEAF;
import static io.wadi.bench.siege.Conduct.DROP;
import static io.wadi.bench.siege.Conduct.HOLD;
import static io.wadi.bench.siege.Conduct.REPEAT;
import static io.wadi.bench.siege.Protocol.HTTP1;
import static io.wadi.bench.siege.Protocol.HTTP2;
import static io.wadi.bench.siege.Protocol.MANAGEMENT;
import static io.wadi.bench.siege.Protocol.TCP;
import static io.wadi.bench.siege.Protocol.TLS;

import java.util.List;

/**
 * The table of hostile clients; a new kind is a new line. A single client of a kind costs Wadi little, if it is
 * rejected early.
 */
final class HostileKinds {
    static final List<HostileKind> ALL = List.of(
            // ---- bodies that use more memory than they have bytes
            kind("gzip-unfinished", HTTP1, HOLD, 700, 200, Payloads.unfinished("gzip", 8, Payloads::gzippedLargeEvent)),
            kind("zstd-unfinished", HTTP1, HOLD, 700, 200, Payloads.unfinished("zstd", 8, Payloads::zstdLargeEvent)),
            kind("tiny-headers", HTTP1, HOLD, 700, 200, Payloads.tinyHeaders()),
            kind("byte-chunks", HTTP1, HOLD, 40, 10, Payloads.byteChunks()),
            kind("zstd-window", HTTP1, HOLD, 500, 100, Payloads.unfinished("zstd", 4, Payloads::zstdWindow)),
            kind("gzip-bomb", HTTP1, AGAIN, 4, 2, Payloads.compressed("gzip", Payloads::gzipBomb)),
            kind("zstd-bomb", HTTP1, AGAIN, 4, 2, Payloads.compressed("zstd", Payloads::zstdBomb)),
            kind("nested-gzip", HTTP1, AGAIN, 4, 2, Payloads.compressed("gzip, gzip", Payloads::nestedGzip)),
            kind("gzip-in-gzip", HTTP1, AGAIN, 4, 2, Payloads.compressed("gzip", Payloads::nestedGzip)),
            // ---- bodies that cost more time than they have bytes
            kind("tiny-lines", HTTP1, AGAIN, 4, 2, Payloads.compressed("gzip", Payloads::tinyLines)),
            kind("deep-json", HTTP1, AGAIN, 4, 5, Payloads.json(Payloads::deep)),
            kind("wide-json", HTTP1, AGAIN, 2, 1, Payloads.json(Payloads::wide)),
            kind("tiny-cloudevents", HTTP1, AGAIN, 4, 2, Payloads.tinyCloudEvents()),
            kind("tiny-receipts", HTTP1, AGAIN, 4, 2, Payloads.tinyReceipts()),
            kind("tiny-records", HTTP1, AGAIN, 4, 0.2, Payloads.tinyRecords()),
            kind("long-receipts", HTTP1, AGAIN, 4, 0.2, Payloads.events(100_000)),
            kind("huge-exponent", HTTP1, AGAIN, 4, 5, Payloads.json(Payloads::exponent)),
            kind("huge-number", HTTP1, AGAIN, 4, 5, Payloads.json(Payloads::digits)),
            kind("distinct-names", HTTP1, AGAIN, 4, 2, Payloads.distinctNames()),
            kind("invalid-utf8", HTTP1, AGAIN, 8, 50, Payloads.json(Payloads::invalidUtf8)),
            kind(
                    "idempotency-keys",
                    HTTP1,
                    AGAIN,
                    8,
                    10,
                    Payloads.times(50, Payloads.event("Idempotency-Key: siege-%d"))),
            kind("idempotency-keys-once", HTTP1, AGAIN, 8, 40, Payloads.times(50, Payloads.idempotencyKeys())),
            kind("forged-ids", HTTP1, AGAIN, 4, 20, Payloads.forgedIds()),
            // ---- clients that are slow, or do nothing
            kind("announced-length", HTTP1, HOLD, 64, 16, Payloads.announced(4_000_000_000L, 1_000_000, 60_000))
                    .at(1_126),
            kind("slow-headers", HTTP1, HOLD, 500, 50, Payloads.manyHeaders()).at(1),
            kind("slow-bodies", HTTP1, HOLD, 300, 50, Payloads.announced(100_000))
                    .at(200),
            kind("unread-answers", HTTP1, DEAF, 100, 10, Payloads.times(500, Payloads.get("/openapi.json"))),
            kind("unread-receipts", HTTP1, DEAF, 20, 2, Payloads.times(20, Payloads.events(50))),
            kind("idle-connections", HTTP1, HOLD, 2_000, 200, Payloads.nothing()),
            kind("connection-flood", HTTP1, DROP, 200, 200, Payloads.nothing()),
            // ---- clients that are rejected
            kind("pipelined-requests", HTTP1, AGAIN, 10, 10, Payloads.times(100, Payloads.get("/no/such/path"))),
            kind("invalid-keys", HTTP1, AGAIN, 8, 100, Payloads.event("Authorization: Bearer wadi_siege_%d")),
            kind("forged-tokens", HTTP1, AGAIN, 8, 100, Payloads.forgedTokens()),
            kind("refused-logins", MANAGEMENT, AGAIN, 8, 50, Payloads.logins()),
            // ---- the management port
            kind(
                    "scrapes-reset",
                    MANAGEMENT,
                    DROP,
                    50,
                    50,
                    Payloads.get("/observe/metrics", "X-Filler: " + "f".repeat(7_000))),
            kind("unread-scrapes", MANAGEMENT, DEAF, 50, 10, Payloads.times(50, Payloads.get("/observe/metrics"))),
            kind("idle-management", MANAGEMENT, HOLD, 500, 100, Payloads.nothing()),
            kind("tiny-headers-management", MANAGEMENT, HOLD, 200, 50, Payloads.tinyHeaders()),
            kind("slow-management", MANAGEMENT, HOLD, 200, 50, Payloads.manyHeaders())
                    .at(1),
            // ---- malformed HTTP/1.1
            kind("no-host", HTTP1, AGAIN, 4, 20, Payloads.noHost()),
            kind("two-hosts", HTTP1, AGAIN, 4, 20, Payloads.event("Host: elsewhere")),
            kind(
                    "chunk-size",
                    HTTP1,
                    AGAIN,
                    4,
                    20,
                    Payloads.posting("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")),
            kind("endless-chunk-size", HTTP1, AGAIN, 4, 2, Payloads.endlessChunkSize()),
            kind("length-and-chunks", HTTP1, AGAIN, 4, 20, Payloads.lengthAndChunks()),
            kind("large-headers", HTTP1, AGAIN, 4, 20, Payloads.largeHeaders()),
            // ---- TLS
            kind("tls-silent", TCP, HOLD, 500, 50, Payloads.nothing()),
            kind("tls-abandoned", TCP, HOLD, 100, 50, TlsBytes.clientHello()),
            kind("tls-garbage", TCP, HOLD, 50, 50, Payloads.text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            kind("tls-handshakes", TLS, DROP, 20, 20, Payloads.nothing()),
            // ---- HTTP/2
            kind("h2-rapid-reset", HTTP2, REPEAT, 4, 8, Http2Payloads.rapidReset(100)),
            kind("h2-settings", HTTP2, REPEAT, 4, 200, Http2Payloads.settings(200)),
            kind("h2-pings", HTTP2, REPEAT, 4, 200, Http2Payloads.pings(200)),
            kind("h2-empty-data", HTTP2, REPEAT, 4, 200, Http2Payloads.emptyData(200)),
            kind("h2-window-updates", HTTP2, REPEAT, 4, 200, Http2Payloads.windowUpdates(200)),
            kind("h2-continuation", HTTP2, REPEAT, 4, 200, Http2Payloads.continuation(200)),
            kind("h2-header-bomb", HTTP2, REPEAT, 4, 4, Http2Payloads.headerBomb()),
            kind("h2-repeated-header", HTTP2, REPEAT, 4, 10, Http2Payloads.repeatedHeader(2_000)),
            kind("h2-zero-window", HTTP2, HOLD, 20, 4, Http2Payloads.zeroWindow(100)),
            kind("h2-gzip-unfinished", HTTP2, HOLD, 8, 2, Http2Payloads.gzipUnfinished(100)),
            kind("h2-slow-bodies", HTTP2, HOLD, 20, 4, Http2Payloads.slowBodies(100))
                    .at(500));

    private HostileKinds() {}

    private static HostileKind kind(
            String name,
            Protocol protocol,
            Conduct conduct,
            int connections,
            double perSecond,
            HostileKind.Volley volley) {
        return new HostileKind(name, protocol, conduct, connections, perSecond, 0, volley);
    }
}
