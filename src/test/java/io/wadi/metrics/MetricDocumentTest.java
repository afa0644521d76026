package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wadi.format.CollidingNames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class MetricDocumentTest {
    static Stream<Arguments> fixtures() {
        return Stream.of(
                arguments(Fixtures.CPU_WEB_01, "cpu", "system.cpu", "web-01", "2026-11-20T01:00:00.000Z", 0.1889, null),
                arguments(
                        Fixtures.MEMORY_WEB_01,
                        "memory",
                        "system.memory",
                        "web-01",
                        "2026-11-20T01:00:00.012Z",
                        null,
                        0.7125),
                arguments(
                        Fixtures.CPU_WEB_01_HALF, "cpu", "system.cpu", "web-01", "2026-11-20T01:00:10.000Z", 0.5, null),
                arguments(
                        Fixtures.CPU_WEB_02_OVER_HALF,
                        "cpu",
                        "system.cpu",
                        "web-02",
                        "2026-11-20T01:00:20.000Z",
                        0.5001,
                        null),
                arguments(
                        Fixtures.CPU_DB_01_WITHOUT_NORM,
                        "cpu",
                        "system.cpu",
                        "db-01",
                        "2026-11-20T01:00:30.000Z",
                        0.9312,
                        null),
                arguments(
                        Fixtures.MEMORY_DB_01_OVER,
                        "memory",
                        "system.memory",
                        "db-01",
                        "2026-11-20T01:00:30.020Z",
                        null,
                        0.9556),
                arguments(
                        Fixtures.LOAD_WEB_01, "load", "system.load", "web-01", "2026-11-20T01:00:40.000Z", null, null),
                arguments(
                        Fixtures.FETCH_FAILURE_WEB_01,
                        "cpu",
                        "system.cpu",
                        "web-01",
                        "2026-11-20T01:00:50.000Z",
                        null,
                        null));
    }

    @Test
    void read_afterDocumentsWithCollidingNames_isNotRejected() {
        for (String json : CollidingNames.objects()) {
            assertThatExceptionOfType(MetricDocumentException.class)
                    .isThrownBy(() -> MetricDocument.read(json.getBytes(UTF_8)));
        }
        String document = "{\"country\":\"NZ\"," + new String(Fixtures.CPU_WEB_01, UTF_8).substring(1);

        assertThat(MetricDocument.read(document.getBytes(UTF_8)).hostName()).isEqualTo("web-01");
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void read_fixture_returnsItsFields(
            byte[] json,
            String metricset,
            String dataset,
            String host,
            String timestamp,
            Double cpuPct,
            Double memoryPct) {
        MetricDocument metric = MetricDocument.read(json);

        assertThat(metric.metricset()).isEqualTo(metricset);
        assertThat(metric.dataset()).isEqualTo(dataset);
        assertThat(metric.hostName()).isEqualTo(host);
        assertThat(metric.timestamp()).isEqualTo(timestamp);
        assertThat(metric.cpuPct()).isEqualTo(cpuPct);
        assertThat(metric.memoryPct()).isEqualTo(memoryPct);
    }

    @Test
    void errorMessage_isSetOnlyIfTheAgentFailed() {
        assertThat(MetricDocument.read(Fixtures.FETCH_FAILURE_WEB_01).errorMessage())
                .isEqualTo("failed to fetch CPU times: open /proc/stat: permission denied");
        assertThat(MetricDocument.read(Fixtures.CPU_WEB_01).errorMessage()).isNull();
    }

    @Test
    void alert_isTheUnchangedHostObject_withATimestamp() {
        assertThat(MetricDocument.read(Fixtures.CPU_WEB_02_OVER_HALF).alert())
                .asString(UTF_8)
                .isEqualTo("""
                        {"name":"web-02","hostname":"web-02","architecture":"x86_64","id":"6f0f0d6a2c0b4a0c8d3f",\
                        "ip":["10.0.3.15","fe80::4001:aff:fe00:30f"],"mac":["42-01-0A-00-03-0F"],"containerized":false,\
                        "os":{"type":"linux","platform":"debian","version":"12 (bookworm)","family":"debian",\
                        "name":"Debian GNU/Linux","kernel":"6.1.0-28-amd64","codename":"bookworm"},\
                        "cpu":{"usage":0.5001},"timestamp":"2026-11-20T01:00:20.000Z"}""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    { "name" : "서버-1 😀", "n": 1.50, "q": "\\u0041 } \\" {" } | { "name" : "서버-1 😀", "n": 1.50, "q": "\\u0041 } \\" {" ,"timestamp":"t\\u0031"}
                    {"name":"a","deep":[{"x":{}}]}                        | {"name":"a","deep":[{"x":{}}],"timestamp":"t\\u0031"}
                    """)
    void alert_keepsTheHostObjectByteForByte(String host, String alert) {
        String json =
                "{\"metricset\": {\"name\":\"cpu\"}, \"host\":" + host + " , \"@timestamp\" : \"t\\u0031\" , \"z\":1}";

        assertThat(MetricDocument.read(json.getBytes(UTF_8)).alert())
                .asString(UTF_8)
                .isEqualTo(alert);
        assertThat(MetricDocument.read(("\uFEFF" + json).getBytes(UTF_8)).alert())
                .as("after a byte order mark")
                .asString(UTF_8)
                .isEqualTo(alert);
    }

    @ParameterizedTest
    @CsvSource({
        // total, cores, share
        "1.8624, 2, 0.9312",
        "2.1, 3, 0.7", // in binary, 2.1 / 3 is a little more
        "1.50003, 3, 0.50001", // rounded to four digits, like norm, it would not be over 0.5
        "64, 64, 1",
        "0, 8, 0"
    })
    void cpuPct_withoutANormalizedValue_isTheTotalDividedByCores(String total, String cores, double share) {
        assertThat(cpu("{\"cores\":" + cores + ",\"total\":{\"pct\":" + total + "}}")
                        .cpuPct())
                .isEqualTo(share);
    }

    @Test
    void cpuPct_withANormalizedValue_needsNoCores() {
        assertThat(cpu("{\"total\":{\"norm\":{\"pct\":0.25},\"pct\":17}}").cpuPct())
                .isEqualTo(0.25);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    null
                    {}
                    {"total":null}
                    {"total":{"pct":null}}
                    {"cores":4}
                    """)
    void cpuPct_withoutValues_isNull(String cpu) {
        assertThat(cpu(cpu).cpuPct()).isNull();
    }

    static Stream<Arguments> bad() {
        String ok = "\"@timestamp\":\"t\",\"metricset\":{\"name\":\"cpu\"},\"host\":{\"name\":\"a\"}";
        return Stream.of(
                // Not JSON, or not one object
                arguments("", "found nothing, expected a JSON object"),
                arguments(" \n", "found nothing, expected a JSON object"),
                arguments("hello", "not JSON at line 1, column 1: Unrecognized token 'hello'"),
                arguments("{" + ok + ",\n\"x\":tru}", "not JSON at line 2, column 5: Unrecognized token 'tru'"),
                arguments("{" + ok, "expected close marker for Object"),
                arguments("{" + ok + ",\"x\":{\"y\":NaN}}", "Non-standard token 'NaN'"),
                arguments("{" + ok + ",\"x\":[1,]}", "not JSON at line 1"),
                arguments("{" + ok + ",\"x\":\"a\nb\"}", "Illegal unquoted character"),
                arguments("{" + ok + "}{}", "found an object at line 1, column 66, after the document's end"),
                arguments("{" + ok + "} x", "not JSON at line 1"),
                arguments("[{" + ok + "}]", "found an array, expected an object"),
                arguments("\"text\"", "found the string \"text\", expected an object"),
                arguments("null", "found null, expected an object"),
                arguments("{" + ok + ",\"x\":" + "[".repeat(2000) + "]".repeat(2000) + "}", "nesting depth (1001)"),
                // Fields that Wadi reads, twice
                arguments("{" + ok + ",\"host\":{\"name\":\"b\"}}", "/host: found twice, expected once"),
                arguments(
                        "{" + ok + ",\"system\":{\"cpu\":{\"cores\":1,\"cores\":2}}}",
                        "/system/cpu/cores: found twice, expected once"),
                // Missing or of the wrong type
                arguments("{}", "/@timestamp: missing"),
                arguments("{" + ok.replace("\"t\"", "5") + "}", "/@timestamp: found 5, expected a string"),
                arguments("{" + ok.replace("\"t\"", "\"\"") + "}", "/@timestamp: found an empty string"),
                arguments("{" + ok.replace("metricset", "set") + "}", "/metricset/name: missing"),
                arguments("{" + ok.replace("\"cpu\"", "null") + "}", "/metricset/name: missing"),
                arguments(
                        "{" + ok.replace("\"cpu\"", "[]") + "}", "/metricset/name: found an array, expected a string"),
                arguments("{" + ok.replace("{\"name\":\"a\"}", "{}") + "}", "/host/name: missing"),
                arguments("{" + ok.replace("{\"name\":\"a\"}", "null") + "}", "/host/name: missing"),
                arguments("{" + ok.replace("\"a\"", "\"\"") + "}", "/host/name: found an empty string"),
                arguments("{" + ok.replace("\"a\"", "{\"x\":1}") + "}", "/host/name: found an object"),
                arguments(
                        "{" + ok.replace("{\"name\":\"a\"}", "\"web-01\"") + "}",
                        "/host: found the string \"web-01\", expected an object"),
                arguments(
                        "{" + ok.replace("\"a\"", "\"a\",\"timestamp\":1") + "}",
                        "/host/timestamp: found 1, expected nothing"),
                arguments(
                        "{" + ok.replace("\"a\"", "\"a\",\"timestamp\":null") + "}",
                        "/host/timestamp: found null, expected nothing"),
                arguments("{" + ok + ",\"error\":\"down\"}", "/error: found the string \"down\", expected an object"),
                arguments("{" + ok + ",\"system\":[]}", "/system: found an array, expected an object"),
                // Numbers
                arguments(
                        withCpu(ok, "{\"total\":{\"norm\":{\"pct\":\"0.9\"}}}"),
                        "/system/cpu/total/norm/pct: found the string \"0.9\", expected a number from 0 to 1"),
                arguments(
                        withCpu(ok, "{\"total\":{\"norm\":{\"pct\":\"NaN\"}}}"),
                        "found the string \"NaN\", expected a number"),
                arguments(
                        withCpu(ok, "{\"total\":{\"norm\":{\"pct\":1.0001}}}"),
                        "/system/cpu/total/norm/pct: found 1.0001, expected a number from 0 to 1"),
                arguments(
                        withCpu(ok, "{\"total\":{\"norm\":{\"pct\":-0.1}}}"),
                        "found -0.1, expected a number from 0 to 1"),
                arguments(withCpu(ok, "{\"total\":{\"norm\":{\"pct\":1e999}}}"), "found 1e999, expected a number"),
                arguments(withCpu(ok, "{\"total\":{\"norm\":{\"pct\":true}}}"), "found true, expected a number"),
                arguments(
                        withCpu(ok, "{\"total\":{\"norm\":0.5}}"),
                        "/system/cpu/total/norm: found 0.5, expected an object"),
                arguments(
                        withCpu(ok, "{\"cores\":2,\"total\":{\"pct\":-1}}"),
                        "/system/cpu/total/pct: found -1, expected a number from 0"),
                arguments(
                        withCpu(ok, "{\"cores\":2,\"total\":{\"pct\":1e999}}"),
                        "/system/cpu/total/pct: found 1e999, expected"),
                arguments(
                        withCpu(ok, "{\"cores\":2,\"total\":{\"pct\":2.5}}"),
                        "/system/cpu/total/pct: found 2.5, expected 0 to 2"),
                arguments(withCpu(ok, "{\"total\":{\"pct\":0.5}}"), "/system/cpu/cores: missing"),
                arguments(withCpu(ok, "{\"cores\":0}"), "/system/cpu/cores: found 0, expected a whole number from 1"),
                arguments(
                        withCpu(ok, "{\"cores\":2.5}"), "/system/cpu/cores: found 2.5, expected a whole number from 1"),
                arguments(withCpu(ok, "{\"cores\":99999999999}"), "/system/cpu/cores: found 99999999999, expected"),
                arguments(
                        "{" + ok + ",\"system\":{\"memory\":{\"actual\":{\"used\":{\"pct\":\"0.95\"}}}}}",
                        "/system/memory/actual/used/pct: found the string \"0.95\", expected a number from 0 to 1"),
                arguments(
                        "{" + ok + ",\"system\":{\"memory\":{\"actual\":{\"used\":{\"pct\":1.5}}}}}",
                        "/system/memory/actual/used/pct: found 1.5, expected a number from 0 to 1"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void read_invalidInput_reportsReasonAndPosition(String json, String message) {
        assertThatExceptionOfType(MetricDocumentException.class)
                .isThrownBy(() -> MetricDocument.read(json.getBytes(UTF_8)))
                .withMessageStartingWith("metric document: ")
                .withMessageContaining(message)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(260));
    }

    @Test
    void read_hugeValues_areTruncatedInTheMessage() {
        String secret = "s".repeat(1_000_000);
        for (String json : new String[] {
            "{\"host\":\"" + secret + "\"}",
            "{\"" + secret.substring(0, 40_000) + "\":1,\"" + secret.substring(0, 40_000) + "\":1}",
            "{\"system\":{\"cpu\":{\"cores\":" + "9".repeat(900) + "}}}",
            "{\"system\":{\"cpu\":{\"cores\":" + "9".repeat(100_000) + "}}}",
            "{\"system\":{\"cpu\":{\"total\":{\"pct\":" + "9".repeat(100_000) + "}}}}",
            secret
        }) {
            assertThatExceptionOfType(MetricDocumentException.class)
                    .isThrownBy(() -> MetricDocument.read(json.getBytes(UTF_8)))
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(260));
        }
    }

    @Test
    void read_controlCharacters_areNotInTheMessage() {
        assertThatExceptionOfType(MetricDocumentException.class)
                .isThrownBy(() -> MetricDocument.read("{\"host\":\"a\\nERROR faked\\u001b[0m\"}".getBytes(UTF_8)))
                .withMessage("metric document: /host: found the string \"a·ERROR faked·[0m\", expected an object");
    }

    @Test
    void read_otherEncodings_areRejected() {
        String json = new String(Fixtures.CPU_WEB_01, UTF_8);
        byte[] brokenUtf8 = json.replace("bookworm", "book\u00ffworm").getBytes(StandardCharsets.ISO_8859_1);

        assertThatExceptionOfType(MetricDocumentException.class)
                .isThrownBy(() -> MetricDocument.read(json.getBytes(StandardCharsets.UTF_16BE)))
                .withMessageContaining("expected UTF-8");
        assertThatExceptionOfType(MetricDocumentException.class)
                .isThrownBy(() -> MetricDocument.read(brokenUtf8))
                .withMessageContaining("Invalid UTF-8 start byte 0xff");
        assertThatExceptionOfType(MetricDocumentException.class)
                .isThrownBy(() -> MetricDocument.read(new byte[] {0, 0, (byte) 0xff, (byte) 0xfe, 1}))
                .withMessageContaining("metric document: ");
    }

    @Test
    void read_eachPrefixOfADocument_isRejected() {
        byte[] json = Fixtures.MEMORY_DB_01_OVER;
        for (int length = 0; length < json.length; length++) {
            byte[] prefix = Arrays.copyOf(json, length);
            assertThatExceptionOfType(MetricDocumentException.class)
                    .as("%d bytes", length)
                    .isThrownBy(() -> MetricDocument.read(prefix));
        }
    }

    @Test
    void read_aMegabyteOfUnreadFields_isSkipped() {
        String filler = "{\"x\":[" + "{\"y\":\"가나다\"},".repeat(70_000) + "0],";
        String json = filler + new String(Fixtures.CPU_WEB_01, UTF_8).substring(1);

        assertThat(MetricDocument.read(json.getBytes(UTF_8)).cpuPct()).isEqualTo(0.1889);
    }

    private static MetricDocument cpu(String cpu) {
        String ok = "\"@timestamp\":\"t\",\"metricset\":{\"name\":\"cpu\"},\"host\":{\"name\":\"a\"}";
        return MetricDocument.read(withCpu(ok, cpu).getBytes(UTF_8));
    }

    private static String withCpu(String members, String cpu) {
        return "{" + members + ",\"system\":{\"cpu\":" + cpu + "}}";
    }
}
