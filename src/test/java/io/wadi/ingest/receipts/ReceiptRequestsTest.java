package io.wadi.ingest.receipts;

import static io.wadi.testing.Fixtures.gzip;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.limits.LimitedLease;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReceiptRequestsTest {
    private static final String RECEIPT = "{\"topic\":\"t\",\"partition\":1,\"offset\":2}";

    private static final ReceiptRequests REQUESTS =
            new ReceiptRequests(null, Duration.ofSeconds(1), 3, new BodyLimits(8 << 20, 200, 1 << 20, 10_000_000));

    private static List<Receipt> parse(String body) {
        return REQUESTS.parse(body.getBytes(UTF_8));
    }

    @Test
    void receipts_areReadInOrder_ignoringUnknownFields() {
        assertThat(parse("\uFEFF [" + RECEIPT
                        + ", {\"offset\":999999999999999999,\"first\":{\"topic\":[]},\"topic\":\"색\","
                        + "\"partition\":0,\"invalid\":\"not a number\"}]"))
                .containsExactly(
                        new Receipt(new TopicPartition("t", 1), 2),
                        new Receipt(new TopicPartition("색", 0), 999_999_999_999_999_999L));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            ~~                                             | the body is not an array of receipts
            {}                                             | the body is not an array of receipts
            []                                             | the body is not an array of receipts
            [RECEIPT                                       | the body is not JSON: line 1, column
            [RECEIPT] []                                   | the body is not JSON: line 1, column
            [RECEIPT,0]                                    | /1: expected {"topic":
            [{}]                                           | /0: expected {"topic":
            [{"topic":"t","partition":1}]                  | /0: expected {"topic":
            [{"topic":1,"partition":1,"offset":1}]         | /0: expected {"topic":
            [{"topic":"t","partition":"1","offset":1}]     | /0: expected {"topic":
            [{"topic":"t","partition":1,"offset":1.0}]     | /0: expected {"topic":
            [{"topic":"t","partition":1,"offset":[1]}]     | /0: expected {"topic":
            [{"topic":"t","partition":-1,"offset":1}]      | /0: partition '-1': expected a whole number from 0
            [RECEIPT,{"topic":"t","partition":1,"offset":-1}] | /1: offset '-1': expected a whole number from 0
            """)
    void bodyThatIsNotAListOfReceipts_isRejected(String body, String message) {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse(body.replace("RECEIPT", RECEIPT)))
                .withMessageStartingWith(message)
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @Test
    void tooLongValues_areRejected() {
        for (String receipt : List.of(
                "{\"topic\":\"%s\",\"partition\":1,\"offset\":2}".formatted("t".repeat(250)),
                "{\"topic\":\"t\",\"partition\":1,\"offset\":%s}".formatted("9".repeat(999)))) {
            assertThatExceptionOfType(RequestException.class)
                    .isThrownBy(() -> parse("[" + receipt + "]"))
                    .withMessageStartingWith("/0: expected {\"topic\":")
                    .satisfies(e -> assertThat(e.status()).isEqualTo(400));
        }
    }

    @Test
    void reading_stopsAfterTheFirstReceiptBeyondTheLimit() {
        assertThat(parse("[%1$s,%1$s,%1$s]".formatted(RECEIPT))).hasSize(3);
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse("[%1$s,%1$s,%1$s,{ and no more JSON".formatted(RECEIPT)))
                .withMessage("more than 3 receipts: expected at most 3 (wadi.receipts.max-receipts)")
                .satisfies(e -> assertThat(e.status()).isEqualTo(422));
    }

    /** Receipts are small, and a body is parsed at once, before other connections are served. */
    @ParameterizedTest
    @CsvSource({"'', 3072, true", "'', 3073, false", "gzip, 3072, true", "gzip, 3073, false"})
    void body_isLimitedByTheNumberOfReceipts(String coding, int length, boolean isRead) throws IOException {
        String padded = "[" + RECEIPT + " ".repeat(length - RECEIPT.length() - 2) + "]";
        byte[] body = coding.isEmpty() ? padded.getBytes(UTF_8) : gzip(padded.getBytes(UTF_8));
        LimitedLease lease = new LimitedLease(1 << 20);

        if (isRead) {
            assertThat(REQUESTS.decoded(body, coding, lease)).asString(UTF_8).isEqualTo(padded);
        } else {
            assertThatExceptionOfType(RequestException.class)
                    .isThrownBy(() -> REQUESTS.decoded(body, coding, lease))
                    .withMessageStartingWith("the body is longer than 3072 bytes")
                    .satisfies(e -> assertThat(e.status()).isEqualTo(413));
        }
    }

    @Test
    void names_areLimitedInNumber() {
        String names =
                IntStream.range(0, 100_001).mapToObj("\"%x\":0"::formatted).collect(Collectors.joining(","));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse("[{" + names + "}]"))
                .satisfies(e -> assertThat(e.status()).isEqualTo(413));
    }
}
