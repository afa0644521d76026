package io.wadi.ingest.fuzz;

import io.wadi.ingest.fuzz.Fuzzed.Expect;
import io.wadi.ingest.fuzz.Fuzzed.Match;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Requests that are invalid or incomplete HTTP; what follows them on the connection is undefined. */
final class BrokenRequests {
    private static final List<String> LINES = List.of(
            "",
            " ",
            "GET",
            "GET /",
            "GET / HTTP/9.9",
            "GET / HTTP/1.1 more",
            "GET / HTTP/1.",
            "GET / http/1.1",
            "GET / FTP/1.1",
            "GET / HTTP/-1.1",
            "GET / HTTP/1.99999999999",
            "G\u0000T / HTTP/1.1",
            "\u0000",
            "POST\t/events/fuzz-plain\tHTTP/1.1",
            " POST /events/fuzz-plain HTTP/1.1",
            "GET  //  HTTP/1.1",
            "GET /a b HTTP/1.1",
            "GET /\u0000 HTTP/1.1",
            "GET /\u00ff\u00c0 HTTP/1.1",
            "GET /\r HTTP/1.1",
            "CONNECT localhost:80 HTTP/1.1",
            "CONNECT / HTTP/1.1",
            "GET http:// HTTP/1.1",
            "GET http://[::1 HTTP/1.1",
            "GET ://x HTTP/1.1",
            "GET mailto:x HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "POST events/fuzz-plain HTTP/1.1",
            "GET pixel.gif HTTP/1.1",
            "POST /events/fuzz-plain HTTP/1.0",
            "POST /events/fuzz-plain HTTP/0.9",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000",
            "\u0016\u0003\u0001\u0000\u00a5\u0001\u0000\u0000\u00a1\u0003\u0003",
            "M".repeat(20_000) + " / HTTP/1.1",
            "GET /" + "a".repeat(9_000) + " HTTP/1.1",
            "GET /" + "%41".repeat(30_000) + " HTTP/1.1");
    private static final List<String> HEADERS = List.of(
            "no colon",
            ": no name",
            "X-Space : x",
            " folded: x",
            "X: y\r\n folded",
            "X\u0000Y: x",
            "X: y\u0000z",
            "X: y\rz",
            "X: y\nInjected: z",
            "\u00ffX: y",
            "X(Y): z",
            "Host: a\r\nHost: b",
            "X-Huge: " + "h".repeat(40_000),
            "a: b\r\n".repeat(6_000) + "a: b",
            "X: \u0001\u007f");
    private static final List<String> LENGTHS = List.of(
            "Content-Length: -1",
            "Content-Length: +5",
            "Content-Length: 5a",
            "Content-Length: 0x10",
            "Content-Length: 5, 5",
            "Content-Length: 5, 6",
            "Content-Length: 5\r\nContent-Length: 6",
            "Content-Length: 0\r\nContent-Length: 40",
            "Content-Length: 99999999999999999999",
            "Content-Length: 9223372036854775807",
            "Content-Length: 5368709120",
            "Content-Length: 2000000",
            "Content-Length: 7",
            "Content-Length:",
            "Content-Length: 5 5",
            "content-length: \u00b2");
    private static final List<String> CODINGS = List.of(
            "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 5\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: identity, chunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\u0000",
            "Transfer-Encoding: \u000bchunked",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
            "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding: CHUNKED",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding:");
    private static final List<String> SIZES = List.of(
            "-1",
            "zz",
            "FFFFFFFFFFFFFFFF",
            "7fffffff",
            "80000000",
            "100000000",
            "FFFFFFFFFFFFFFFFFFFFFFFFF",
            " 5",
            "5 ",
            "0x5",
            "",
            "5;ext=\u0000",
            "5;" + "e".repeat(20_000),
            "5\n",
            "\u0665",
            "+5",
            "0");

    private final SplittableRandom random;
    private final RandomEvents events;
    private final RandomRequests requests;

    BrokenRequests(SplittableRandom random, RandomRequests requests) {
        this.random = random;
        this.events = new RandomEvents(random);
        this.requests = requests;
    }

    Fuzzed next() {
        return switch (random.nextInt(8)) {
            case 0 -> broken(pick(LINES), "Content-Length: 2", "{}");
            case 1 -> broken("POST /events/fuzz-plain HTTP/1.1", pick(HEADERS) + "\r\nContent-Length: 2", "{}");
            case 2 -> broken("POST /events/fuzz-plain HTTP/1.1", pick(LENGTHS), event());
            case 3 -> broken("POST /events/fuzz-plain HTTP/1.1", pick(CODINGS), smuggled());
            case 4 -> broken("POST /events/fuzz-plain HTTP/1.1", "Transfer-Encoding: chunked", chunks());
            case 5 -> corrupt();
            default -> cut();
        };
    }

    private Fuzzed broken(String line, String headers, String body) {
        byte[] request =
                Bytes.of(line + "\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n" + headers + "\r\n\r\n" + body);
        return maybe(request, List.of(request));
    }

    private static Fuzzed maybe(byte[] request, List<byte[]> sent) {
        return new Fuzzed(request, RandomRequests.PLAIN, sent, Match.PART, Expect.ANSWER_OR_CLOSE, false);
    }

    /** Returns an event in ASCII, which is valid in any encoding that a header may declare. */
    private String event() {
        return "{\"id\":\"" + events.id() + "\",\"n\":1}\n";
    }

    /** Returns bytes that one parser reads as a body and another as the next request. */
    private String smuggled() {
        String inner = event();
        return "0\r\n\r\nPOST /events/fuzz-plain HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
                + inner.length() + "\r\n\r\n" + inner;
    }

    private String chunks() {
        String first = event();
        String good = Integer.toHexString(first.length()) + "\r\n" + first;
        return good + (random.nextBoolean() ? "\r\n" : "") + pick(SIZES) + "\r\n" + event() + "\r\n0\r\n\r\n";
    }

    private Fuzzed corrupt() {
        byte[] request = Bytes.corrupt(requests.plain().bytes(), random);
        return maybe(request, List.of(request));
    }

    /** Returns a valid request that is cut at a random position; the client then closes the connection. */
    private Fuzzed cut() {
        Fuzzed good = requests.taken();
        byte[] request = Arrays.copyOf(good.bytes(), random.nextInt(good.bytes().length));
        return new Fuzzed(request, good.topic(), good.sent(), good.match(), Expect.CUT, false);
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
