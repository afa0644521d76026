package io.wadi.ingest.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.ingest.fuzz.Fuzzed.Expect;
import io.wadi.ingest.fuzz.Fuzzed.Match;
import io.wadi.testing.Fixtures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/** Requests that are valid HTTP with any content: each must be answered. */
final class RandomRequests {
    static final String PLAIN = "fuzz-plain";
    static final String STRICT = "fuzz-strict";
    static final String KEPT = "fuzz-kept";
    static final String SELECT = "fuzz-select";
    /** Not open for ingest. */
    static final String CLOSED = "fuzz-closed";

    private static final List<String> OPEN = List.of(PLAIN, STRICT, KEPT);
    private static final String NDJSON = "application/x-ndjson";
    private static final String JSON = "application/json";
    private static final String REST = "application/vnd.kafka.json.v2+json";
    private static final String BINARY = "application/vnd.kafka.binary.v2+json";
    private static final int MIB = 1 << 20;

    private final SplittableRandom random;
    private final RandomEvents events;
    private final RandomHeads heads;

    RandomRequests(SplittableRandom random) {
        this.random = random;
        this.events = new RandomEvents(random);
        this.heads = new RandomHeads(random);
    }

    Fuzzed next() {
        int kind = random.nextInt(100);
        if (kind < 30) {
            return taken();
        } else if (kind < 50) {
            return lines();
        } else if (kind < 65) {
            return oddBody();
        } else if (kind < 75) {
            return rest();
        } else if (kind < 82) {
            return query();
        } else if (kind < 85) {
            return bomb();
        } else if (kind < 88) {
            return corruptPack();
        }
        return odd();
    }

    /** Returns a request with one or more events that must be accepted. */
    Fuzzed taken() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> single();
            case 2 -> takenList(false);
            case 3 -> takenList(true);
            case 4 -> takenRecords();
            default -> takenQuery();
        };
    }

    /** Returns a request with one event that must be accepted, and an unencoded body. */
    Fuzzed plain() {
        byte[] event = events.valid();
        byte[] request = new Head("POST", "/events/" + PLAIN)
                .with("Content-Type: " + JSON)
                .withLength(event);
        return new Fuzzed(request, PLAIN, List.of(event), Match.EACH, Expect.TAKEN, false);
    }

    private Fuzzed single() {
        byte[] event = events.valid();
        String topic = OPEN.get(random.nextInt(OPEN.size()));
        byte[] request = post("/events/" + topic, random.nextBoolean() ? JSON : "text/plain", event);
        return new Fuzzed(request, topic, List.of(event), Match.EACH, Expect.TAKEN, false);
    }

    private Fuzzed takenList(boolean array) {
        List<byte[]> sent = new ArrayList<>();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            sent.add(events.valid());
        }
        String topic = OPEN.get(random.nextInt(OPEN.size()));
        byte[] body = array ? array(sent) : lines(sent);
        Head head = new Head("POST", "/events/" + topic).with("Content-Type: " + (array ? JSON : NDJSON));
        return new Fuzzed(packed(head, body), topic, sent, Match.EACH, Expect.TAKEN, false);
    }

    private byte[] packed(Head head, byte[] body) {
        return switch (random.nextInt(4)) {
            case 0 -> head.with("Content-Encoding: gzip").withBody(Fixtures.gzip(body), random);
            case 1 -> head.with("Content-Encoding: zstd").withBody(Bytes.zstd(body), random);
            default -> head.withBody(body, random);
        };
    }

    private Fuzzed takenRecords() {
        List<byte[]> sent = new ArrayList<>();
        StringBuilder body = new StringBuilder("{\"records\":[");
        boolean binary = random.nextBoolean();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            byte[] event = events.valid();
            String value = binary ? "\"" + Base64.getEncoder().encodeToString(event) + "\"" : new String(event, UTF_8);
            body.append(sent.isEmpty() ? "" : ",")
                    .append("{\"value\":")
                    .append(value)
                    .append('}');
            sent.add(event);
        }
        byte[] request = post("/topics/" + PLAIN, binary ? BINARY : REST, (body + "]}").getBytes(UTF_8));
        return new Fuzzed(request, PLAIN, sent, Match.EACH, Expect.TAKEN, false);
    }

    private Fuzzed takenQuery() {
        String id = events.id();
        boolean pixel = random.nextBoolean();
        String target = pixel ? "/pixel.gif?topic=" + PLAIN + "&id=" + id : "/api/select?color=red&user=" + id;
        byte[] request = new Head("GET", target).with("User-Agent: fuzz").withoutBody();
        Match match = pixel ? Match.PIXEL : Match.WITHIN;
        return new Fuzzed(request, pixel ? PLAIN : SELECT, List.of(Bytes.of(id)), match, Expect.TAKEN, false);
    }

    /** Returns a request with lines, some of which are events. */
    private Fuzzed lines() {
        List<byte[]> sent = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            sent.add(random.nextBoolean() ? events.valid() : events.oddLine());
        }
        String topic = OPEN.get(random.nextInt(OPEN.size()));
        Head head = new Head("POST", "/events/" + topic).with("Content-Type: " + NDJSON);
        if (random.nextInt(6) == 0) {
            head.with("Prefer: return=minimal");
        }
        byte[] body = lines(sent);
        boolean counted = random.nextInt(6) > 0;
        List<byte[]> kept = counted ? sent : List.of(body);
        return new Fuzzed(packed(head, body), topic, kept, counted ? Match.EACH : Match.PART, Expect.ANSWER, false);
    }

    /** Returns a request with any body, content type and content coding. */
    private Fuzzed oddBody() {
        List<byte[]> parts = List.of(events.odd(), events.valid(), events.odd());
        byte[] body =
                switch (random.nextInt(5)) {
                    case 0 -> events.odd();
                    case 1 -> array(parts);
                    case 2 -> Bytes.corrupt(array(parts), random);
                    case 3 -> Bytes.corrupt(lines(parts), random);
                    default -> Bytes.join(Bytes.MARK, lines(parts));
                };
        String topic = OPEN.get(random.nextInt(OPEN.size()));
        Head head = new Head("POST", "/events/" + topic).with(heads.type()).with(heads.injected());
        return new Fuzzed(coded(head, body), topic, List.of(body), Match.PART, Expect.ANSWER, false);
    }

    /** Returns the request with its body plain, compressed, truncated, or other than its header declares. */
    private byte[] coded(Head head, byte[] body) {
        int how = random.nextInt(10);
        if (how < 4) {
            return head.withBody(body, random);
        }
        boolean gzip = random.nextBoolean();
        byte[] packed = gzip ? Fixtures.gzip(body) : Bytes.zstd(body);
        byte[] sent =
                switch (how) {
                    case 4 -> Arrays.copyOf(packed, random.nextInt(packed.length));
                    case 5, 6 -> body;
                    default -> packed;
                };
        return head.with(how == 6 ? heads.coding() : "Content-Encoding: " + (gzip ? "gzip" : "zstd"))
                .withBody(sent, random);
    }

    /** Returns a request with a body that cannot be decompressed, or decompresses to something else. */
    private Fuzzed corruptPack() {
        byte[] event = events.valid();
        boolean gzip = random.nextBoolean();
        byte[] packed = gzip ? Fixtures.gzip(event) : Bytes.zstd(event);
        byte[] corrupt = random.nextInt(4) == 0 ? Bytes.join(packed, packed) : Bytes.corrupt(packed, random);
        Head head = new Head("POST", "/events/" + PLAIN)
                .with("Content-Type: " + NDJSON, "Content-Encoding: " + (gzip ? "gzip" : "zstd"));
        return new Fuzzed(head.withBody(corrupt, random), PLAIN, List.of(event), Match.ANY, Expect.ANSWER, false);
    }

    /** Returns a request with records of the REST convention, valid or corrupted. */
    private Fuzzed rest() {
        byte[] value = random.nextBoolean() ? events.valid() : events.odd();
        String name = heads.restName();
        byte[] body = Bytes.join(
                Bytes.of("{\"records\":[{\"key\":" + heads.restMember() + ",\"value\":"),
                value,
                Bytes.of(",\"" + name + "\":" + heads.restMember() + "}]}"));
        // Record headers must keep their names, since other names of headers count as errors.
        boolean whole = name.equals("headers") || random.nextBoolean();
        byte[] sent = whole ? body : Bytes.corrupt(body, random);
        String partition =
                random.nextInt(4) == 0 ? "/partitions/" + heads.restMember().replace(" ", "") : "";
        Head head = new Head("POST", "/topics/" + PLAIN + partition)
                .with("Content-Type: " + (random.nextInt(8) == 0 ? BINARY : REST))
                .with(heads.injected());
        return new Fuzzed(head.withBody(sent, random), PLAIN, List.of(sent), Match.PART, Expect.ANSWER, false);
    }

    /** Returns a query with parameters that must not affect Kafka. */
    private Fuzzed query() {
        String id = events.id();
        boolean pixel = random.nextBoolean();
        String target = (pixel ? "/pixel.gif?id=" + id : "/api/select?color=red&user=" + id) + heads.parameters();
        byte[] request = new Head("GET", target)
                .with("User-Agent: fuzz")
                .with(heads.injected())
                .withoutBody();
        Match match = pixel ? Match.PIXEL : Match.WITHIN;
        return new Fuzzed(request, SELECT, List.of(Bytes.of(id)), match, Expect.ANSWER, false);
    }

    /** Returns a request with a small body that decompresses to a large one. */
    private Fuzzed bomb() {
        byte[] event = events.valid();
        byte[] blanks = new byte[random.nextInt(8) == 0 ? 4 * MIB : 200_000];
        Arrays.fill(blanks, (byte) ' ');
        byte[] large = Bytes.join(event, Bytes.of("\n"), blanks);
        boolean gzip = random.nextBoolean();
        byte[] packed = gzip ? Fixtures.gzip(large) : Bytes.zstd(large);
        byte[] twice = random.nextInt(4) > 0 ? packed : gzip ? Fixtures.gzip(packed) : Bytes.zstd(packed);
        Head head = new Head("POST", "/events/" + PLAIN)
                .with("Content-Type: " + NDJSON, "Content-Encoding: " + (gzip ? "gzip" : "zstd"));
        return new Fuzzed(head.withBody(twice, random), PLAIN, List.of(event), Match.EACH, Expect.ANSWER, false);
    }

    /** Returns a request with any method, path and headers. */
    private Fuzzed odd() {
        String method = heads.method();
        byte[] event = events.valid();
        Head head = new Head(method, heads.target()).with(heads.type()).with(heads.injected());
        boolean body = random.nextBoolean() && !method.equals("HEAD") && !method.equals("GET");
        byte[] request = body ? head.withBody(event, random) : head.withoutBody();
        return new Fuzzed(request, PLAIN, List.of(event), Match.PART, Expect.ANSWER, method.equals("HEAD"));
    }

    private byte[] post(String target, String type, byte[] body) {
        return new Head("POST", target).with("Content-Type: " + type).withBody(body, random);
    }

    private static byte[] array(List<byte[]> events) {
        return joined("[", ", ", "]", events);
    }

    private static byte[] lines(List<byte[]> events) {
        return joined("", "\n", "\n", events);
    }

    private static byte[] joined(String before, String between, String after, List<byte[]> events) {
        List<byte[]> parts = new ArrayList<>(List.of(Bytes.of(before)));
        for (byte[] event : events) {
            parts.add(Bytes.of(parts.size() > 1 ? between : ""));
            parts.add(event);
        }
        parts.add(Bytes.of(after));
        return Bytes.join(parts.toArray(byte[][]::new));
    }
}
