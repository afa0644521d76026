package io.wadi.metrics.prometheus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid expositions in both formats. */
final class ExpositionTest {
    @Test
    void text_ofEachType_isReadSampleBySample() throws ScrapeException {
        Read read = Read.text("""
                # HELP jobs_total Jobs that were done, \\\\ and \\n escaped.
                # TYPE jobs_total counter
                jobs_total{queue="mail",state="done"} 1027 1763600400000
                jobs_total{queue="mail",state="failed",} 3

                # any other comment
                  room_celsius\t21.5
                # TYPE answer_seconds histogram
                answer_seconds_bucket{le="0.1"} 5
                answer_seconds_bucket{le="+Inf"} 7
                answer_seconds_sum 3.25
                answer_seconds_count 7
                # TYPE size_bytes summary
                size_bytes{quantile="0.5"} 4.7e3
                size_bytes_sum{}1.5E+6
                before_1970 -1 -3982045
                """);

        assertThat(read.refused).isEmpty();
        assertThat(read.samples)
                .containsExactly(
                        new Sample("jobs_total", Map.of("queue", "mail", "state", "done"), 1027, 1763600400000L, 3),
                        new Sample("jobs_total", Map.of("queue", "mail", "state", "failed"), 3, null, 4),
                        new Sample("room_celsius", Map.of(), 21.5, null, 7),
                        new Sample("answer_seconds_bucket", Map.of("le", "0.1"), 5, null, 9),
                        new Sample("answer_seconds_bucket", Map.of("le", "+Inf"), 7, null, 10),
                        new Sample("answer_seconds_sum", Map.of(), 3.25, null, 11),
                        new Sample("answer_seconds_count", Map.of(), 7, null, 12),
                        new Sample("size_bytes", Map.of("quantile", "0.5"), 4700, null, 14),
                        new Sample("size_bytes_sum", Map.of(), 1_500_000, null, 15),
                        new Sample("before_1970", Map.of(), -1, -3982045L, 16));
    }

    @Test
    void openMetrics_withExemplarsAndTimestamps_isReadSampleBySample() throws ScrapeException {
        Read read = Read.openMetrics("""
                # TYPE answer_seconds histogram
                # UNIT answer_seconds seconds
                answer_seconds_bucket{le="0.1"} 5 # {trace_id="a#b\\"}"} 0.054
                answer_seconds_bucket{le="+Inf"} 7 1763600400.25 # {} 9.8 1763600399.5
                answer_seconds_count 7 1763600400
                answer_seconds_created 1763600000.123
                # TYPE door stateset
                door{door="open"} 1
                # EOF
                """);

        assertThat(read.refused).isEmpty();
        assertThat(read.samples)
                .containsExactly(
                        new Sample("answer_seconds_bucket", Map.of("le", "0.1"), 5, null, 3),
                        new Sample("answer_seconds_bucket", Map.of("le", "+Inf"), 7, 1763600400250L, 4),
                        new Sample("answer_seconds_count", Map.of(), 7, 1763600400000L, 5),
                        new Sample("answer_seconds_created", Map.of(), 1763600000.123, null, 6),
                        new Sample("door", Map.of("door", "open"), 1, null, 8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1            | 1.0
            0042         | 42.0
            .5           | 0.5
            5.           | 5.0
            -1.5e-3      | -0.0015
            +7           | 7.0
            9007199254740993 | 9007199254740992
            4.9e-324     | 4.9e-324
            NaN          | NaN
            nan          | NaN
            Inf          | Infinity
            +Inf         | Infinity
            -inf         | -Infinity
            infinity     | Infinity
            """)
    void value_isParsedAsTheFormatsDefine(String written, double value) throws ScrapeException {
        assertThat(Read.text("a " + written + "\n").samples)
                .extracting(Sample::value)
                .containsExactly(value);
        assertThat(Read.openMetrics("a " + written + "\n# EOF").samples)
                .extracting(Sample::value)
                .containsExactly(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1.5          | column 1: found 1.5, expected a metric's name
            a            | column 2: found the line's end, expected a number, NaN or Inf
            a x          | column 3: found x, expected a number, NaN or Inf
            a 0x1p3      | column 3: found 0x1p3, expected a number, NaN or Inf
            a 1d         | column 3: found 1d, expected a number, NaN or Inf
            a 1_000      | column 3: found 1_000, expected a number, NaN or Inf
            a 1,5        | column 3: found 1,5, expected a number, NaN or Inf
            a 1e999      | column 3: found 1e999, expected a number, NaN or Inf
            a ١          | column 3: found ١, expected a number, NaN or Inf
            a 1 2.5      | column 5: found 2.5, expected whole milliseconds since 1970
            a 1 99999999999999999 | column 5: found 99999999999999999, expected a time in the years 0 to 9999
            a 1 2 3      | column 7: found 3, expected the line's end
            a 1 # {} 1   | column 5: found # {} 1, expected the line's end
            a-b 1        | column 2: found -b 1, expected a blank or {
            a-1 5        | column 2: found -1 5, expected a blank or {
            a.5 7        | column 2: found .5 7, expected a blank or {
            a{b="c" 1    | column 9: found 1, expected ,
            a{b="c"      | column 8: found the line's end, expected a label's name or }
            a{b="c}      | column 8: found the line's end, expected "
            a{b="c\\      | column 8: found the line's end, expected "
            a{b=c} 1     | column 5: found c} 1, expected "
            a{b} 1       | column 4: found } 1, expected =
            a{1="c"} 1   | column 3: found 1="c"} 1, expected a label's name or }
            a{b:c="d"} 1 | column 4: found :c="d"} 1, expected =
            a{,} 1       | column 3: found ,} 1, expected a label's name or }
            a{b="c",b="d"} 1 | column 9: duplicate label b
            {"a.b"} 1    | column 1: found {"a.b"} 1, expected a metric's name
            """)
    void invalidLine_isRejectedWithItsNumber_andOthersAreRead(String line, String why) throws ScrapeException {
        Read read = Read.text("first 1\n" + line + "\nlast 2\n");

        assertThat(read.refused).containsExactly("2: " + why);
        assertThat(read.samples).extracting(Sample::line).containsExactly(1, 3);
    }

    @Test
    void rejectionMessage_isTruncated_andHasNoControlCharacters() throws ScrapeException {
        assertThat(Read.text("a \u001b[31m" + "x".repeat(1000) + "\n").refused)
                .containsExactly("1: column 3: found ?[31m" + "x".repeat(35) + ", expected a number, NaN or Inf");
    }

    @Test
    void labels_areUnescaped_andEmptyOnesOmitted() throws ScrapeException {
        Read read = Read.text("a{path=\"C:\\\\x\\\"\\n\\d ü, }={\",empty=\"\"} 1\n");

        assertThat(read.samples).containsExactly(new Sample("a", Map.of("path", "C:\\x\"\n\\d ü, }={"), 1, null, 1));
    }

    @Test
    void text_lastLineWithoutLineFeed_isRejected() throws ScrapeException {
        Read read = Read.text("a 1\nb 12");

        assertThat(read.samples).extracting(Sample::name).containsExactly("a");
        assertThat(read.refused).containsExactly("2: found no line feed at the end, the line may be truncated");
    }

    @Test
    void tooLongLine_isRejected_andOthersAreRead() throws ScrapeException {
        String longest = "a{b=\"" + "x".repeat((64 << 10) - 9) + "\"} 1";

        Read read = Read.text(longest + "\n" + longest + "2\nlast 3\n");

        assertThat(read.refused).containsExactly("2: found a line of more than 65536 bytes");
        assertThat(read.samples).extracting(Sample::line).containsExactly(1, 3);
    }

    @Test
    void bytesThatAreNotUtf8_areRejected() throws ScrapeException {
        Read read = Read.of("a{b=\"\u00fc\"} 1\nc 2\n".getBytes(ISO_8859_1), ExpositionFormat.TEXT);

        assertThat(read.refused).containsExactly("1: found bytes that are not UTF-8");
        assertThat(read.samples).extracting(Sample::name).containsExactly("c");
    }

    /** A stack trace for each of millions of short lines would take longer than the interval of the scrapes. */
    @ParameterizedTest
    @ValueSource(strings = {"x\n", "\u00ff\n"})
    void invalidLines_takeLittleMoreThanTheirMessages(String line) throws Exception {
        byte[] exposition = line.repeat(10_000).getBytes(ISO_8859_1);
        SampleGroups groups = new SampleGroups();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);

        Exposition.read(new ByteArrayInputStream(exposition), Long.MAX_VALUE, ExpositionFormat.TEXT, groups);

        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(10_000 * 1500L);
        assertThat(groups.refusedLines()).isEqualTo(10_000);
    }

    @Test
    void openMetrics_withoutEof_isIncomplete() {
        assertThatExceptionOfType(ScrapeException.class)
                .isThrownBy(() -> Read.openMetrics("a 1\n# EO"))
                .withMessageContaining("# EOF is missing");
    }

    @Test
    void openMetrics_lineAfterEof_isRejected() throws ScrapeException {
        Read read = Read.openMetrics("a 1\n# EOF\nb 2\nc 3\n");

        assertThat(read.samples).extracting(Sample::name).containsExactly("a");
        assertThat(read.refused).containsExactly("3: found a line after # EOF, expected nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a 1 # 2          | column 7: found 2, expected the labels of an exemplar
            a 1 # {b="c"}    | column 14: found the line's end, expected a number, NaN or Inf
            a 1 # {b="c"} x  | column 15: found x, expected a number, NaN or Inf
            a 1 # {} 2 3 4   | column 14: found 4, expected the line's end
            a 1 1e12         | column 5: found 1e12, expected a time in the years 0 to 9999
            """)
    void openMetrics_invalidExemplarOrTimestamp_isRejected(String line, String why) throws ScrapeException {
        assertThat(Read.openMetrics(line + "\n# EOF\n").refused).containsExactly("1: " + why);
    }

    @Test
    void emptyInput_hasNoSamples() throws ScrapeException {
        assertThat(Read.text("").samples).isEmpty();
        assertThat(Read.openMetrics("# EOF").samples).isEmpty();
    }
}
