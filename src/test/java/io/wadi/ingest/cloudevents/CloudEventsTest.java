package io.wadi.ingest.cloudevents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.wadi.ingest.cloudevents.CloudEvents.Mode;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyEvents;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.ingest.limits.Lease;
import io.wadi.ingest.limits.LimitedLease;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CloudEventsTest {
    private static final String REQUIRED =
            "\"specversion\":\"1.0\",\"id\":\"A-1\",\"source\":\"/shop\",\"type\":\"order\"";
    private static final int MAX_EVENT = 1000;
    private static final List<String> REQUIRED_HEADERS =
            List.of("ce-specversion: 1.0", "ce-id: A-1", "ce-source: /shop", "ce-type: order");

    @ParameterizedTest
    @CsvSource(nullValues = "none", delimiter = '|', textBlock = """
            application/cloudevents+json                       | false | STRUCTURED
            Application/CloudEvents+JSON; charset=UTF-8        | true  | STRUCTURED
            application/cloudevents-batch+json                 | false | BATCHED
            application/cloudevents+avro                       | true  | UNKNOWN
            application/cloudevents-batch+xml                  | false | UNKNOWN
            application/cloudevents                            | false | UNKNOWN
            application/cloudevents+json; charset=utf-16       | false | UNKNOWN
            application/json                                   | true  | BINARY
            image/png                                          | true  | BINARY
            none                                               | true  | BINARY
            application/json                                   | false | NONE
            none                                               | false | NONE
            """)
    void mode_isDeterminedByTheContentTypeFirst(String contentType, boolean version, Mode mode) {
        assertThat(CloudEvents.mode(contentType, version)).isEqualTo(mode);
    }

    @Test
    void structured_attributesBecomeHeaders_andDataTheValue() {
        Event event = structured("""
                { %s, "time":"2026-04-14T12:34:56.789+09:00", "datacontenttype":"application/vnd.order+json",
                  "subject":null, "partitionkey":"alice", "count":-7, "paid":true, "name":"김 😀",
                  "data": { "total" : 1.50 } }""".formatted(REQUIRED));

        assertThat(event.problem()).isNull();
        assertThat(text(event.value())).isEqualTo("{ \"total\" : 1.50 }");
        assertThat(text(event.key())).isEqualTo("alice");
        assertThat(headers(event))
                .isEqualTo(Map.ofEntries(
                        Map.entry("ce_specversion", "1.0"),
                        Map.entry("ce_id", "A-1"),
                        Map.entry("ce_source", "/shop"),
                        Map.entry("ce_type", "order"),
                        Map.entry("ce_time", "2026-04-14T12:34:56.789+09:00"),
                        Map.entry("ce_partitionkey", "alice"),
                        Map.entry("ce_count", "-7"),
                        Map.entry("ce_paid", "true"),
                        Map.entry("ce_name", "김 😀"),
                        Map.entry("content-type", "application/vnd.order+json")));
        assertThat(CloudEvents.id(event)).isEqualTo("/shop A-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-04-14T12:34:56Z",
                "2026-04-14t12:34:56.7z",
                "2026-04-14T12:34:56.123456789+18:00",
                "2026-04-14T12:34:56.789-00:00"
            })
    void structured_timeOfRfc3339_isKept(String time) {
        Event event = structured("{%s,\"time\":\"%s\"}".formatted(REQUIRED, time));

        assertThat(event.problem()).isNull();
        assertThat(headers(event)).containsEntry("ce_time", time);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', nullValues = "none", textBlock = """
            "data":{"a":1}                                              | {"a":1} | application/json
            "data":"text"                                               | "text"  | application/json
            "data":[1, 2]                                               | [1, 2]  | application/json
            "data":"\\u0041","datacontenttype":"text/plain"             | A       | text/plain
            "datacontenttype":"application/xml","data":"<a/>"           | <a/>    | application/xml
            "data_base64":"YWJj","datacontenttype":"image/png"          | abc     | image/png
            "data_base64":"YWJj"                                        | abc     | none
            "data_base64":"e30=","datacontenttype":"application/json"   | {}      | application/json
            "data":null                                                 | none    | none
            "subject":"x"                                               | none    | none
            """)
    void structured_dataIsReadByItsContentType(String members, String value, String type) {
        Event event = structured("{" + REQUIRED + "," + members + "}");

        assertThat(event.problem()).isNull();
        assertThat(text(event.value())).isEqualTo(value);
        assertThat(headers(event).get("content-type")).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            []                                                     | ~~          | a CloudEvent is a JSON object
            ~~                                                     | ~~          | a CloudEvent is a JSON object
            {}                                                     | /specversion | missing
            {"specversion":"1.0","id":"1","type":"t"}              | /source     | missing
            {REQUIRED,"id":"2"}                                    | ~~          | not JSON: line 1, column 69: Duplicate field 'id'
            {"specversion":"0.3"}                                  | /specversion | only 1.0 is supported
            {"specversion":1.0}                                    | /specversion | not a string
            {"specversion":1}                                      | /specversion | not a string
            {"id":5}                                               | /id         | not a string
            {"id":true}                                            | /id         | not a string
            {"source":5}                                           | /source     | not a string
            {"type":false}                                         | /type       | not a string
            {REQUIRED,"subject":5}                                 | /subject    | not a string
            {REQUIRED,"dataschema":true}                           | /dataschema | not a string
            {REQUIRED,"time":1776170096}                           | /time       | not a string
            {REQUIRED,"datacontenttype":[]}                        | /datacontenttype | not a string
            {REQUIRED,"partitionkey":5}                            | /partitionkey | not a string
            {"id":""}                                              | /id         | empty
            {"id":null,"specversion":"1.0"}                        | /id         | missing
            {"type":""}                                            | /type       | empty
            {"source":""}                                          | /source     | not a URI reference
            {"source":"a b"}                                       | /source     | not a URI reference
            {REQUIRED,"subject":""}                                | /subject    | empty
            {REQUIRED,"partitionkey":""}                           | /partitionkey | empty
            {REQUIRED,"dataschema":"relative"}                     | /dataschema | not an absolute URI
            {REQUIRED,"time":"2026-04-14T12:34:56+0900"}           | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-02-30T12:34:56Z"}               | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14 12:34:56Z"}               | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14T12:34Z"}                  | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14T12:34:56"}                | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14T12:34:56.1234567890Z"}    | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14T12:34:56Z789Z"}           | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"time":"2026-04-14T12:34:56-08.00"}          | /time       | not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            {REQUIRED,"datacontenttype":"json"}                    | /datacontenttype | not a media type
            {REQUIRED,"x":1.5}                                     | /x          | an attribute is a string, a boolean or an integer of 32 bits
            {REQUIRED,"x":2147483648}                              | /x          | an attribute is a string, a boolean or an integer of 32 bits
            {REQUIRED,"x":{"a":[1]}}                               | /x          | an attribute is a string, a boolean or an integer of 32 bits
            {REQUIRED,"a/B":"c"}                                   | /a~1B       | not an attribute name; expected lower-case letters and digits, and not data
            {REQUIRED,"x":"a\\nb"}                                 | /x          | contains a control character, an unpaired surrogate or a noncharacter
            {REQUIRED,"x":"\\ud83d"}                               | /x          | contains a control character, an unpaired surrogate or a noncharacter
            {REQUIRED,"x":"\\ufdd0"}                               | /x          | contains a control character, an unpaired surrogate or a noncharacter
            {REQUIRED,"data":1,"data_base64":"YQ=="}               | /data_base64 | an event has data or data_base64, not both
            {REQUIRED,"data_base64":"%%"}                          | /data_base64 | not a string of base64
            {REQUIRED,"data_base64":{"a":1}}                       | /data_base64 | not a string of base64
            {REQUIRED,"data_base64":"e3s=","datacontenttype":"application/json"} | /data_base64 | not JSON: line 1, column 2: Unexpected character ('{' (code 123)): was expecting double-quote to start field name
            {REQUIRED,"datacontenttype":"a/b+json","data_base64":""} | /data_base64 | the content type is JSON, but the data is blank
            {REQUIRED,"datacontenttype":"text/plain","data":{}}    | /data       | not a string, and datacontenttype is not JSON
            {REQUIRED,"partitionkey":"\\ud800"}                    | /partitionkey | contains a control character, an unpaired surrogate or a noncharacter
            {REQUIRED,"datacontenttype":"text/plain","data":"\\ud800"} | /data | found an unpaired surrogate, which UTF-8 cannot encode
            {REQUIRED} {}                                          | ~~          | not JSON: line 1, column 67: more than one JSON value
            """)
    void structured_invalidEvent_isRejected(String body, String pointer, String text) {
        Event event = structured(body.replace("REQUIRED", REQUIRED));

        assertThat(event.problem()).isEqualTo(new Problem(pointer, text));
        assertThat(event.value()).isNull();
    }

    @Test
    void batched_eachEventIsReadSeparately() {
        List<Event> events =
                batched("[{%s,\"data\":1}, {\"id\":\"\"}, 3, {%s,\"data\": [ ]}]".formatted(REQUIRED, REQUIRED));

        assertThat(events).extracting(event -> text(event.value())).containsExactly("1", null, null, "[ ]");
        assertThat(events)
                .extracting(Event::problem)
                .containsExactly(
                        null, new Problem("/1/id", "empty"), new Problem("/2", "expected a JSON object"), null);
    }

    @Test
    void batched_withoutAnArray_isRejected() {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> batched("{}"))
                .withMessage("the body is not a JSON array")
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> batched("[]"))
                .withMessage("the body contains no event");
    }

    @Test
    void batched_truncatedArray_isRejectedAfterItsEvents() {
        EventSource events = batch(body("[{%s}".formatted(REQUIRED), new LimitedLease(Long.MAX_VALUE)));

        assertThat(events.next().problem()).isNull();
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(events::next)
                .satisfies(e -> assertThat(e.status()).isEqualTo(400))
                .withMessageStartingWith("the body is not JSON: line 1, column ");
    }

    /**
     * A body of 8 MiB may have four million events, each of which takes 100 bytes in memory; the sender reads a
     * thousand.
     */
    @Test
    void batched_isReadOnlyAsFarAsEventsAreConsumed() {
        LimitedLease lease = new LimitedLease(1 << 20);
        AtomicInteger pieces = new AtomicInteger();
        byte[] piece = ("[" + "0,".repeat(32_000)).getBytes(UTF_8);
        AtomicReference<BodyEvents> body = new AtomicReference<>();
        body.set(events(lease, () -> {
            pieces.incrementAndGet();
            body.get().push(ByteBuffer.wrap(piece));
        }));
        EventSource events = batch(body.get());

        for (int i = 0; i < 1001; i++) {
            assertThat(events.next().problem()).isEqualTo(new Problem("/" + i, "expected a JSON object"));
        }

        assertThat(pieces).hasValue(1);
        assertThat(lease.most()).isLessThan(1 << 10);
    }

    @Test
    void batched_tooLongEvent_isRejectedAlone() {
        String tooLong = "{%s,\"data\":\"%s\"}".formatted(REQUIRED, "x".repeat(CloudEvents.maxJson(MAX_EVENT)));

        assertThat(batched("[%s,{%s}]".formatted(tooLong, REQUIRED)))
                .extracting(Event::problem)
                .containsExactly(
                        new Problem("/0", "longer than %d bytes".formatted(CloudEvents.maxJson(MAX_EVENT))), null);
    }

    @Test
    void attributes_areLimitedInNumber() {
        String most = IntStream.range(0, 252).mapToObj(",\"x%d\":1"::formatted).collect(Collectors.joining());

        assertThat(structured("{" + REQUIRED + most + "}").headers()).hasSize(256);
        assertThat(structured("{" + REQUIRED + most + ",\"y\":1}").problem())
                .isEqualTo(new Problem("/y", "too many; an event has at most 256 attributes"));
    }

    @Test
    void dataIsJsonByDefault_howeverManyAttributesThereAre() {
        String most = IntStream.range(0, 252).mapToObj(",\"x%d\":1"::formatted).collect(Collectors.joining());

        Event event = structured("{" + REQUIRED + most + ",\"data\":\"x\"}");

        assertThat(text(event.value())).isEqualTo("\"x\"");
        assertThat(headers(event)).containsEntry("content-type", "application/json");
    }

    @Test
    void structured_escapesInTextAndBase64AreDecoded() {
        String escaped = "\\\"\\\\\\/\\b\\f\\n\\r\\t€\\u0041\\u00e9\\u20AC\\ud83d\\ude00";
        String member = ",\"data\":\"%s\",\"datacontenttype\":\"text/plain\"}";

        assertThat(text(structured("{" + REQUIRED + member.formatted(escaped)).value()))
                .isEqualTo("\"\\/\b\f\n\r\t€Aé€😀");
        assertThat(List.of("\\ud83d", "\\ud83dx", "\\ude00", "\\ud83d\\u0041", "\\ud83d\\n"))
                .allSatisfy(unpaired -> assertThat(structured("{" + REQUIRED + member.formatted(unpaired))
                                .problem())
                        .isEqualTo(new Problem("/data", "found an unpaired surrogate, which UTF-8 cannot encode")));
        assertThat(List.of("\\", "\\u", "\\u12", "\\u12\"", "\\x", "\n"))
                .allSatisfy(malformed -> assertThat(structured("{" + REQUIRED + member.formatted(malformed))
                                .problem()
                                .text())
                        .startsWith("not JSON: "));
        assertThat(text(structured("{" + REQUIRED + ",\"data_base64\":\"Pz8\\/\"}")
                        .value()))
                .isEqualTo("???");
    }

    /** A client could otherwise exceed a heap of 128 MiB with one event of 20 MB. */
    @ParameterizedTest
    @ValueSource(strings = {"data", "data_base64"})
    void structured_longTextTakesTheMemoryOfAFewCopies(String member) {
        byte[] event = "{%s,\"datacontenttype\":\"text/plain\",\"%s\":\"%s\",\"subject\":\"€\"}"
                .formatted(REQUIRED, member, "abcd".repeat(1 << 18))
                .getBytes(UTF_8);

        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long before = threads.getCurrentThreadAllocatedBytes();
        Event read = CloudEvents.structured(event);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(3L * event.length);
        assertThat(read.problem()).isNull();
    }

    @Test
    void binary_headersAreDecoded_andTheBodyIsUnchanged() {
        Event event = binary(
                "{ \"a\" :1}\n",
                "Content-Type: application/json; charset=utf-8",
                "Host: localhost",
                "CE-PartitionKey: al%C3%ADce",
                "ce-subject: \"%E2%82%AC 5\"",
                "traceparent: 00-1");

        assertThat(event.problem()).isNull();
        assertThat(text(event.value())).isEqualTo("{ \"a\" :1}\n");
        assertThat(text(event.key())).isEqualTo("alíce");
        assertThat(headers(event))
                .isEqualTo(Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "A-1",
                        "ce_source", "/shop",
                        "ce_type", "order",
                        "ce_partitionkey", "alíce",
                        "ce_subject", "€ 5",
                        "content-type", "application/json; charset=utf-8"));
        assertThat(CloudEvents.id(event)).isEqualTo("/shop A-1");
    }

    @Test
    void binary_dataOfAnotherType_isNotParsed() {
        assertThat(text(binary("{", "Content-Type: application/octet-stream").value()))
                .isEqualTo("{");
        assertThat(text(binary("{").value())).isEqualTo("{");
        assertThat(binary("", "Content-Type: application/json").value()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ce-datacontenttype: text/plain     | header ce-datacontenttype: not allowed; use Content-Type
            ce-time: yesterday                 | header ce-time: not a time as in RFC 3339, such as 2026-04-14T12:34:56.789Z
            ce-subject: %C0%A0                 | header ce-subject: not UTF-8 in percent-encoding
            ce-subject: a%0Ab                  | header ce-subject: contains a control character, an unpaired surrogate or a noncharacter
            ce-my-ext: 1                       | header ce-my-ext: not an attribute name; expected lower-case letters and digits, and not data
            ce-data: 1                         | header ce-data: not an attribute name; expected lower-case letters and digits, and not data
            ce-id: A-2                         | header ce-id: given twice
            Content-Type: nonsense             | header content-type: not a media type
            """)
    void binary_invalidHeader_isRejected(String header, String text) {
        assertThat(binary("{}", header).problem()).isEqualTo(new Problem("", text));
    }

    @Test
    void binary_withoutARequiredHeader_isRejected() {
        assertThat(CloudEvents.binary(entries(List.of("ce-specversion: 1.0", "ce-id: 1", "ce-source: s")), new byte[0])
                        .problem())
                .isEqualTo(new Problem("", "header ce-type is missing"));
    }

    @ParameterizedTest
    @CsvSource({
        "{, 'not JSON: line 1, column 2: Unexpected end-of-input'",
        "{} {}, 'not JSON: line 1, column 5: more than one JSON value'",
        "'  ', 'the content type is JSON, but the data is blank'"
    })
    void binary_jsonData_isValidated(String body, String text) {
        assertThat(binary(body, "Content-Type: application/json").problem().text())
                .startsWith(text);
    }

    private static List<Event> batched(String body) {
        return batched(body.getBytes(UTF_8));
    }

    /** Returns the events of a whole batch. */
    static List<Event> batched(byte[] body) {
        EventSource events = batch(body(new String(body, UTF_8), new LimitedLease(Long.MAX_VALUE)));
        List<Event> all = new ArrayList<>();
        while (!events.ended()) {
            Event event = events.next();
            if (event != null) {
                all.add(event);
            }
        }
        return all;
    }

    private static EventSource batch(BodyEvents elements) {
        return CloudEvents.batched(elements, event -> event);
    }

    private static BodyEvents body(String whole, Lease lease) {
        BodyEvents events = events(lease, () -> {});
        events.push(ByteBuffer.wrap(whole.getBytes(UTF_8)));
        events.end();
        return events;
    }

    private static BodyEvents events(Lease lease, Runnable fetch) {
        BodyLimits limits = new BodyLimits(8 << 20, 200, CloudEvents.maxJson(MAX_EVENT), 10_000_000);
        return new BodyEvents(BodyFormat.ARRAY, "", limits, new JsonEvents(), EventCheck.NONE, lease, fetch);
    }

    private static Event structured(String body) {
        return CloudEvents.structured(body.getBytes(UTF_8));
    }

    /** Returns the event of a request with the required headers and these. */
    private static Event binary(String body, String... more) {
        List<String> headers = new ArrayList<>(REQUIRED_HEADERS);
        headers.addAll(Arrays.asList(more));
        return CloudEvents.binary(entries(headers), body.getBytes(UTF_8));
    }

    private static List<Map.Entry<String, String>> entries(List<String> headers) {
        return headers.stream()
                .map(header -> header.split(": ", 2))
                .map(parts -> Map.entry(parts[0], parts[1]))
                .toList();
    }

    private static Map<String, String> headers(Event event) {
        Map<String, String> headers = new LinkedHashMap<>();
        event.headers().forEach(header -> headers.put(header.key(), text(header.value())));
        assertThat(headers).hasSameSizeAs(event.headers());
        return headers;
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }
}
