package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.limits.LimitedLease;
import io.wadi.ingest.rest.RestTypes.Format;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of bodies in the REST convention, and the memory that is charged while they are read in steps. */
final class RestRecordsLimitsTest extends RestRecordsTestSupport {
    @Test
    void records_areLimitedInNumber() {
        String most = "{\"records\":[{\"value\":1}" + ",{\"value\":1}".repeat(99_999);

        assertThat(read(Format.JSON, most + "]}")).hasSize(100_000);
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> read(Format.JSON, most + ",{\"value\":1}]}"))
                .satisfies(e -> assertThat(e.error().status()).isEqualTo(413))
                .withMessage("/records: there are more than 100,000 records; send them in several requests");
    }

    /** A tree of the key would take 28 times its bytes. */
    @Test
    void key_isNotParsedIntoATree() {
        byte[] body = ("{\"records\":[{\"value\":1,\"key\":[{}" + ",{}".repeat(1_000_000) + "]}]}").getBytes(UTF_8);
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();

        List<Event> records = read(body, Format.JSON, null, new LimitedLease(Long.MAX_VALUE));

        assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(8L * body.length);
        assertThat(records.get(0).key()).hasSize(3_000_004);
    }

    @Test
    void headers_areLimitedInNumber() {
        String header = "{\"key\":\"a\",\"value\":\"\"}";
        String most = header + ("," + header).repeat(255);

        assertThat(read(Format.JSON, "{\"records\":[{\"value\":1,\"headers\":[" + most + "]}]}")
                        .get(0)
                        .headers())
                .hasSize(256);
        assertThat(read(Format.JSON, "{\"records\":[{\"value\":1,\"headers\":[" + most + "," + header + "]}]}"))
                .extracting(Event::problem)
                .containsExactly(new Problem("/records/0/headers", "a record has at most 256 headers"));
    }

    @Test
    void records_areChargedAsTheyAreRead() {
        byte[] body = ("{\"records\":[{\"value\":1,\"headers\":[{\"key\":\"a\"},{\"key\":\"b\"}]},0"
                        + ",0".repeat(9_999) + "]}")
                .getBytes(UTF_8);
        LimitedLease lease = new LimitedLease(1 << 30);
        LimitedLease small = new LimitedLease(1 << 20);

        List<Event> read = read(body, Format.JSON, null, lease);

        long problems = read.stream()
                .skip(1)
                .mapToLong(each -> each.problem().heldBytes())
                .sum();
        assertThat(lease.held()).isEqualTo(10_001 * 128 + 2 * (128 + 1) + problems);
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> read(body, Format.JSON, null, small))
                .satisfies(e -> assertThat(e.error().status()).isEqualTo(503));
    }

    /** A record's problem has the name of an unknown field, escaped for its pointer. */
    @Test
    void longProblem_isCharged() {
        String body = "{\"records\":[{\"%s\":1}]}".formatted("~".repeat(50_000));
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);

        List<Event> read = read(body.getBytes(UTF_8), Format.JSON, null, lease);

        assertThat(read.get(0).problem().pointer()).hasSizeGreaterThan(100_000);
        assertThat(lease.held()).isGreaterThan(100_000);
    }

    /** Jackson escapes characters beyond the Basic Multilingual Plane, which triples their bytes. */
    @Test
    void keyThatIsLongerThanInTheBody_isCharged() {
        byte[] body = "{\"records\":[{\"value\":1,\"key\":\"%s\"}]}"
                .formatted("😀".repeat(10_000))
                .getBytes(UTF_8);
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);

        List<Event> read = read(body, Format.JSON, null, lease);

        assertThat(read.get(0).key()).hasSize(120_002);
        assertThat(body.length + lease.held()).isGreaterThan(120_000);
    }

    /** A name takes two bytes a character if one of them is beyond Latin-1. */
    @Test
    void namesOfHeaders_areCharged() {
        String body = "{\"records\":[{\"value\":1,\"headers\":[{\"key\":\"%sΩ\"}]}]}".formatted("x".repeat(50_000));
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);

        read(body.getBytes(UTF_8), Format.JSON, null, lease);

        assertThat(lease.held()).isGreaterThan(50_000);
    }

    /** Names are kept to find duplicates, which takes up to twenty times their bytes. */
    @Test
    void namesOfNestedObjects_areLimitedInNumber() {
        // "records" and "value" are names too.
        String most = names(99_998);

        assertThat(read(Format.JSON, "{\"records\":[{\"value\":{%1$s}},{\"value\":[{%1$s},{%1$s}]}]}".formatted(most)))
                .hasSize(2);
        assertThat(read(
                        Format.JSON,
                        "{\"records\":[{\"value\":[[{%1$s}]]},{\"value\":[{%1$s}]},{\"value\":{%1$s}}]}"
                                .formatted(most)))
                .as("objects of different depths, of which none encloses another")
                .hasSize(3);
        for (String value : List.of("{%s,\"y\":0}", "{%s,\"x0\":{\"x0\":0}}", "{\"x\":{},%s}")) {
            assertThatExceptionOfType(RequestException.class)
                    .as(value)
                    .isThrownBy(
                            () -> read(Format.JSON, "{\"records\":[{\"value\":%s}]}".formatted(value.formatted(most))))
                    .withMessage("nested objects of the body have more than 100,000 names in total")
                    .satisfies(e -> assertThat(e.status()).isEqualTo(413));
        }
    }

    @Test
    void longBody_isReadInSteps_andTheParserIsChargedBetweenThem() {
        byte[] body = ("{\"value_schema\":null,\"records\":[{\"value\":{\"name\":0}}"
                        + ",{\"value\":{\"name\":1}}".repeat(999) + "],\"key_schema\":null}")
                .getBytes(UTF_8);
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);
        RestRecords records = new RestRecords(body, Format.JSON, null, MAX_RECORD, lease);
        int steps = 0;
        List<Event> read = records.read(() -> true);
        while (read == null && steps < body.length) {
            assertThat(lease.held()).isGreaterThan(100_000);
            steps++;
            read = records.read(() -> true);
        }
        records.close();

        assertThat(read).hasSize(1_000).extracting(Event::problem).containsOnlyNulls();
        assertThat(steps).isEqualTo(1_000 / 16);
        assertThat(lease.held()).isEqualTo(1_000 * 128);
    }

    /** The body is released when it is read to its end. */
    @Test
    void copiesOfRecords_areChargedWhileTheBodyIsRead() {
        String record = "{\"key\":\"%1$s\",\"value\":\"%1$s\"}".formatted("x".repeat(50_000));
        byte[] body = "{\"records\":[%1$s,%1$s,%1$s,%1$s]}".formatted(record).getBytes(UTF_8);
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);

        try (RestRecords records = new RestRecords(body, Format.JSON, null, MAX_RECORD, lease)) {
            assertThat(records.read(() -> true)).isNull();
            // The parser of the second record holds the key, which the new name "value" replaced in the first.
            assertThat(records.read(() -> true)).isNull();
            long before = lease.held();
            assertThat(records.read(() -> true)).isNull();
            assertThat(lease.held()).isEqualTo(before + 128 + 2 * 50_002);
        }
        assertThat(lease.held()).isEqualTo(3 * 128);
    }

    /** Jackson keeps the text in parts of up to 64 Ki characters, and as a string. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void longText_isChargedWhileTheParserHoldsIt(Format format) {
        int length = 1 << 20;
        String body = "{\"records\":[{\"value\":null,\"headers\":[{\"key\":\"%s\"},{}]},{\"value\":null}]}"
                .formatted("a".repeat(length));
        LimitedLease lease = new LimitedLease(Long.MAX_VALUE);

        try (RestRecords records = new RestRecords(body.getBytes(UTF_8), format, null, 1_000, lease)) {
            assertThat(records.read(() -> true)).isNull();
            assertThat(lease.held()).isGreaterThan(4L * length);
            assertThat(records.read(() -> false)).hasSize(2);
        }
        assertThat(lease.held()).isLessThan(1_000);
    }

    /** Decoding it takes up to ten times its bytes. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void longStringOfAValue_isNotDecodedByTheParser(Format format) {
        byte[] body = "{\"records\":[{\"value\":\"%s\"}]}"
                .formatted("YWFh".repeat(1 << 18))
                .getBytes(UTF_8);
        RestRecords records = new RestRecords(body, format, null, body.length, new LimitedLease(Long.MAX_VALUE));

        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        long before = threads.getCurrentThreadAllocatedBytes();
        List<Event> read = records.read(() -> false);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(3L * body.length);
        assertThat(read).extracting(Event::problem).containsOnlyNulls();
    }

    @Test
    void withoutMemoryForTheParserBetweenSteps_theBodyIsNotReadOn() {
        byte[] body = ("{\"records\":[0" + ",0".repeat(99) + "]}").getBytes(UTF_8);
        RestRecords records = new RestRecords(body, Format.JSON, null, MAX_RECORD, new LimitedLease(100_000));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> records.read(() -> true))
                .satisfies(e -> assertThat(e.status()).isEqualTo(503));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'value':[%s]}",
                "{'key':{'a':[%s]},'value':1}",
                "{'value':1,'unknown':[%s]}",
                "{'value':1,'headers':[{'key':'a','value':[%s]}]}",
                "{'value':1,'headers':[%s]}",
                "[%s]"
            })
    void recordBeyondItsMaximumLength_isRejectedAlone_andSkippedInSteps(String record) {
        String body = "{'records':[{'value':1}," + record.formatted("[0]" + ",[0]".repeat(5_000)) + ",{'value':[2]}]}";

        List<Event> read = readInSteps(body, 10);

        assertThat(read)
                .extracting(Event::problem)
                .containsExactly(null, new Problem("/records/1", "longer than 1000 bytes"), null);
        assertThat(text(read.get(2).value())).isEqualTo("[2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "{}", "{'key':'a'}"})
    void headersBeyondTheMaximumLength_areSkippedInSteps(String header) {
        String body = "{'records':[{'value':1,'headers':[" + header + ("," + header).repeat(5_000) + "]},{'value':2}]}";

        List<Event> read = readInSteps(body, 3);

        assertThat(read)
                .extracting(Event::problem)
                .containsExactly(new Problem("/records/0", "longer than 1000 bytes"), null);
    }

    /** Reads records of up to 1,000 bytes, which takes more than this number of steps. */
    private static List<Event> readInSteps(String body, int moreThan) {
        RestRecords records = new RestRecords(
                body.replace('\'', '"').getBytes(UTF_8), Format.JSON, null, 1_000, new LimitedLease(Long.MAX_VALUE));
        int steps = 0;
        List<Event> read = records.read(() -> true);
        while (read == null && steps < body.length()) {
            steps++;
            read = records.read(() -> true);
        }
        assertThat(steps).isGreaterThan(moreThan);
        return read;
    }

    @Test
    void base64BeyondTheMaximumLength_isNotDecoded() {
        String body = "{\"records\":[{\"value\":\"" + "YWFh".repeat(1_000) + "\"},{\"value\":\"YWFh\"}]}";
        RestRecords records =
                new RestRecords(body.getBytes(UTF_8), Format.BINARY, null, 1_000, new LimitedLease(Long.MAX_VALUE));

        assertThat(records.read(() -> false))
                .extracting(Event::problem)
                .containsExactly(new Problem("/records/0", "longer than 1000 bytes"), null);
    }

    private static String names(int count) {
        return IntStream.range(0, count).mapToObj("\"n%x\":0"::formatted).collect(Collectors.joining(","));
    }
}
