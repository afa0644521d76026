package io.wadi.ingest.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random methods, targets and headers, both usual and unusual. */
final class RandomHeads {
    private static final List<String> TYPES = List.of(
            "application/json",
            "application/json",
            "application/x-ndjson",
            "application/x-ndjson",
            "text/plain",
            "text/plain;charset=UTF-8",
            "application/json; charset=utf-16",
            "application/json;charset=\"",
            "APPLICATION/JSON ; x=y",
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "application/cloudevents+avro",
            "application/vnd.kafka.json.v2+json",
            "application/vnd.kafka.avro.v2+json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "text/html",
            "*/*",
            ";",
            "/",
            "x");
    private static final List<String> CODINGS = List.of(
            "identity", "deflate", "br", "gzip, gzip", "GZIP", "zstd, gzip", "x-gzip", "gzip;q=0", ",", "chunked", "*");
    private static final List<String> INJECTED = List.of(
            "kafka.TOPIC: fuzz-closed",
            "kafka.OVERRIDE_TOPIC: fuzz-closed",
            "kafka.PARTITION_KEY: 2",
            "kafka.KEY: injected",
            "kafka.HEADERS: injected",
            "CamelKafkaTopic: fuzz-closed",
            "CamelHttpResponseCode: 500",
            "CamelHttpResponseText: injected",
            "CamelHttpPath: /events/fuzz-closed",
            "CamelHttpUri: http://localhost:1/",
            "CamelFileName: ../../injected",
            "CamelBeanMethodName: toString",
            "camelhttpresponsecode: 500",
            "wadiRequest: injected",
            "topic: fuzz-closed",
            "breadcrumbId: injected",
            "__connect.errors.topic: injected",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "X-Tenant: north",
            "X-Tenant: \u00fc\u00ff",
            "Idempotency-Key: injected",
            "Idempotency-Key: \u00ff",
            "Idempotency-Key: " + "k".repeat(501),
            "Prefer: return=minimal",
            "Prefer: ,;=,return=\"",
            "Accept: application/vnd.kafka.v2+json",
            "Accept: text/html;q=x",
            "Accept-Encoding: gzip, zstd, *;q=0",
            "Origin: https://injected.example",
            "Origin: null",
            "Access-Control-Request-Method: POST",
            "X-Forwarded-For: 1.2.3.4, ::1, injected",
            "Forwarded: for=\"[::1]\"",
            "Authorization: Bearer a.b.c",
            "Authorization: Basic \u00ff",
            "X-API-Key: injected",
            "Cookie: " + "a=b; ".repeat(200),
            "Expect: 100-continue",
            "Upgrade: h2c",
            "Upgrade: websocket",
            "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
            "Connection: Upgrade, HTTP2-Settings",
            "Connection: keep-alive",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "If-None-Match: *",
            "Range: bytes=0-18446744073709551615",
            "X-HTTP-Method-Override: DELETE",
            "TE: trailers, chunked",
            "Trailer: Content-Length",
            "Max-Forwards: -1",
            "X-Empty:",
            "X-Long: " + "v".repeat(4000));
    private static final List<String> CLOUD_EVENT =
            List.of("ce-specversion: 1.0", "ce-id: fuzz", "ce-source: /fuzz", "ce-type: fuzz");
    private static final List<String> CLOUD_EVENT_ODD = List.of(
            "ce-specversion: 9.9",
            "ce-id: %00%",
            "ce-time: yesterday",
            "ce-source: %C0%80",
            "ce-kafka.topic: fuzz-closed",
            "ce-partitionkey: \u00ff",
            "ce-: x",
            "ce-UPPER: %ED%A0%80");
    private static final List<String> METHODS = List.of(
            "GET",
            "GET",
            "POST",
            "POST",
            "POST",
            "HEAD",
            "PUT",
            "DELETE",
            "PATCH",
            "TRACE",
            "OPTIONS",
            "PROPFIND",
            "get",
            "X",
            "M-SEARCH");
    private static final List<String> TARGETS = List.of(
            "/",
            "//",
            "/events",
            "/events/",
            "/events//",
            "/events/fuzz-plain",
            "/events/fuzz-plain?kafka.OVERRIDE_TOPIC=fuzz-closed",
            "/events/fuzz%2Dplain",
            "/events/fuzz-plain/",
            "/events/fuzz-plain;topic=fuzz-closed",
            "/events/fuzz-plain%00",
            "/events/fuzz-plain%0d%0aX-Injected:%20yes",
            "/events/%2e%2e/fuzz-closed",
            "/events/../events/fuzz-plain",
            "/events/fuzz-closed",
            "/events/fuzz-closed%2f..%2ffuzz-plain",
            "/events/wadi.dead-letter",
            "/events/__consumer_offsets",
            "/events/%",
            "/events/%zz",
            "/events/%C0%AF",
            "/events/%F0%9F%98%80",
            "/events/{topic}",
            "/events/${header.x}",
            "/events/" + "t".repeat(3000),
            "/EVENTS/fuzz-plain",
            "/topics",
            "/topics?x=%zz",
            "/topics/",
            "/topics/fuzz-plain",
            "/topics/fuzz-plain/partitions",
            "/topics/fuzz-plain/partitions/0",
            "/topics/fuzz-plain/partitions/0/offsets",
            "/topics/fuzz-plain/partitions/-1",
            "/topics/fuzz-plain/partitions/99999999999999999999",
            "/topics/fuzz-plain/partitions/0x0/offsets",
            "/topics/fuzz-plain/partitions/%D9%A0",
            "/topics/fuzz-closed/partitions/0/offsets",
            "/topics/%0d%0aX-Injected:yes",
            "/consumers/x",
            "/api/select",
            "/api/select?color=%zz&user=x",
            "/api/select?color=a&color=b&user=x",
            "/api/select?user",
            "/api/select/",
            "/pixel.gif?%",
            "/pixel.gif?topic=fuzz-closed",
            "/pixel.gif?topic=%00",
            "/pixel.gif?topic=a&topic=b",
            "/wadi.js",
            "/wadi.js?x",
            "/openapi.json",
            "/openapi.json/..",
            "/observe/health",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/..%5c..%5cwindows",
            "/\\..\\",
            "/?" + "&".repeat(2000),
            "/;/;",
            "http://injected.example/events/fuzz-plain",
            "http://injected.example",
            "https:/events/fuzz-plain",
            "events/fuzz-plain",
            "*",
            "?",
            "#",
            "%");
    private static final List<String> MEMBERS = List.of(
            "null",
            "0",
            "1",
            "-1",
            "99",
            "2147483648",
            "1e99",
            "0.5",
            "\"\"",
            "\"x\"",
            "\"AAEC\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "true",
            "[]",
            "{}",
            "{\"a\": 1}",
            "[{\"key\":\"fuzz\",\"value\":\"eA==\"}]",
            "[{\"key\":\"fuzz\"}]",
            "[{\"key\":null,\"value\":\"!\"}]");
    private static final List<String> MEMBER_NAMES =
            List.of("partition", "timestamp", "headers", "value", "key", "kafka.OVERRIDE_TOPIC", "");
    private static final List<String> PARAMETERS = List.of(
            "kafka.OVERRIDE_TOPIC=fuzz-closed",
            "kafka.KEY=x",
            "CamelHttpResponseCode=500",
            "topic=fuzz-closed",
            "topic=fuzz-plain",
            "topic=",
            "color=blue",
            "user=",
            "x=%00",
            "x=%0d%0aX-Injected:%20yes",
            "x=%ff%fe",
            "x=%",
            "x=%u0041",
            "=",
            "&&;",
            "timestamp=0",
            "userAgent=x",
            "x=" + "y".repeat(1000),
            "x=1&".repeat(1200),
            "%ED%A0%80=x");

    private final SplittableRandom random;

    RandomHeads(SplittableRandom random) {
        this.random = random;
    }

    String type() {
        return "Content-Type: " + pick(TYPES);
    }

    String coding() {
        return "Content-Encoding: " + pick(CODINGS);
    }

    String method() {
        return pick(METHODS);
    }

    String target() {
        return pick(TARGETS);
    }

    /** Returns JSON that may be of another type than a record requires. */
    String restMember() {
        return pick(MEMBERS);
    }

    String restName() {
        return pick(MEMBER_NAMES);
    }

    /** Returns up to three more parameters of a query. */
    String parameters() {
        StringBuilder more = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            more.append('&').append(pick(PARAMETERS));
        }
        return more.toString();
    }

    /** Returns up to four headers, some of them duplicated. */
    List<String> injected() {
        List<String> headers = new ArrayList<>();
        if (random.nextInt(8) == 0) {
            headers.addAll(CLOUD_EVENT);
            if (random.nextBoolean()) {
                headers.add(pick(CLOUD_EVENT_ODD));
            }
        }
        for (int i = random.nextInt(5); i > 0; i--) {
            headers.add(pick(INJECTED));
        }
        return headers;
    }

    private String pick(List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}
