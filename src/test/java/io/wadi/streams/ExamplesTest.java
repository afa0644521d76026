package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.topology.TopologyDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the files of {@code examples/streams} without Kafka. */
class ExamplesTest {
    private static final int MINUTE = 60;
    private static final int HOUR = 60 * MINUTE;
    private static final int DAY = 24 * HOUR;
    private static final int MIDNIGHT = -10 * HOUR;

    @AutoClose
    private TopologyDriver example;

    /** Returns the topology files, sorted by name. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("examples", "streams"))) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void file_startsWithItsNameAndPurpose_andTheSchema(Path file) throws IOException {
        String name = file.getFileName().toString().replace(".yaml", "");

        assertThat(Files.readString(file))
                .startsWith("# " + name + ": ")
                .containsPattern("(?m)^#   in +\\S")
                .containsPattern("(?m)^#   out +\\S")
                .containsPattern("(?m)^#   test +\\S")
                .contains("# yaml-language-server: $schema=../docs/streams-schema.json\n");
        assertThat(getClass().getDeclaredMethods())
                .as("a test of %s", name)
                .anyMatch(method -> method.getName().startsWith(camelCase(name) + "_"));
    }

    private static String camelCase(String name) {
        StringBuilder text = new StringBuilder();
        for (String word : name.split("-", -1)) {
            text.append(text.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return text.toString();
    }

    @Test
    void logCopy_forwardsAllRecords() throws IOException {
        example = TopologyDriver.shipped("log-copy");

        example.send("stream_log", "a", "hello", 0)
                .send("stream_log", null, "x", 1)
                .send("stream_log", "b", null, 2);

        assertThat(example.read("stream_log_copy")).containsExactly("a=hello", "null=x", "b=null");
        assertThat(example.rejections()).isEmpty();
    }

    @Test
    void logFilter_forwardsValuesLongerThanFiveCharacters() throws IOException {
        example = TopologyDriver.shipped("log-filter");

        example.send("stream_log", null, "hello", 0)
                .send("stream_log", null, "hello!", 1)
                .send("stream_log", null, "hello world", 2);

        assertThat(example.read("stream_log_filter")).containsExactly("null=hello!", "null=hello world");
    }

    @Test
    void logFilter_inJava_behavesTheSame() {
        example = TopologyDriver.bean(new LongerThanFive("stream_log", "stream_log_filter"));

        example.send("stream_log", null, "hello", 0)
                .send("stream_log", null, "hello!", 1)
                .send("stream_log", null, "hello world", 2);

        assertThat(example.read("stream_log_filter")).containsExactly("null=hello!", "null=hello world");
    }

    @Test
    void orderJoin_addsTheDestination() throws IOException {
        example = TopologyDriver.shipped("order-join");

        example.send("address", "wonyoung", "Seoul", 0)
                .send("order", "wonyoung", "iPhone", 1)
                .send("order", "somin", "Galaxy", 2)
                .send("address", "somin", "Newyork", 3)
                .send("order", "somin", "Galaxy", 4)
                .send("address", "wonyoung", "Jeju", 5)
                .send("order", "wonyoung", "Tesla", 6)
                .send("address", "wonyoung", null, 7)
                .send("order", "wonyoung", "Cup", 8);

        assertThat(example.read("order_join"))
                .containsExactly(
                        "wonyoung=iPhone send to Seoul", "somin=Galaxy send to Newyork", "wonyoung=Tesla send to Jeju");
    }

    @Test
    void orderJoinGlobal_addsTheDestination() throws IOException {
        example = TopologyDriver.shipped("order-join-global");

        example.send("address_v2", "wonyoung", "Seoul", 0)
                .send("order", "wonyoung", "Porsche", 1)
                .send("order", "somin", "Galaxy", 2);

        assertThat(example.read("order_join")).containsExactly("wonyoung=Porsche send to Seoul");
    }

    @Test
    void colours_areCountedInTenMinuteWindows() throws IOException {
        example = TopologyDriver.shipped("colours");

        for (int second : List.of(0, 1, 599, 600)) {
            example.send("select-color", null, "{\"colorName\":\"red\",\"userName\":\"alice\"}", second);
        }
        example.send("select-color", null, "{\"colorName\":\"blue\"}", 601);
        example.send("select-color", null, "{\"userName\":\"bob\"}", 602);

        long start = TopologyDriver.START.toEpochMilli();
        assertThat(example.read("colour_counts"))
                .containsExactly(
                        counted("red", start, 1),
                        counted("red", start, 2),
                        counted("red", start, 3),
                        counted("red", start + 600_000, 1),
                        counted("blue", start + 600_000, 1));
        assertThat(example.rejections()).singleElement().asString().contains("select-key (jsonpath $.colorName)");
    }

    private static String counted(String colour, long from, int count) {
        return "%s={\"colour\":\"%s\",\"from\":%d,\"to\":%d,\"count\":%d}"
                .formatted(colour, colour, from, from + 600_000, count);
    }

    @Test
    void fiveSeconds_emitsCountsWhenTheWindowCloses() throws IOException {
        example = TopologyDriver.shipped("five-seconds");

        example.send("test_log", "a", "1", 0).send("test_log", "a", "2", 4).send("test_log", "b", "3", 4);
        assertThat(example.read("test_log_counts")).isEmpty();

        example.send("test_log", "a", "4", 5).send("test_log", "a", "late", 4).send("test_log", "a", "5", 10);

        assertThat(example.read("test_log_counts")).containsExactlyInAnyOrder("a=2", "b=1", "a=1");
    }

    @Test
    void hopping_sumsOverlappingHours() throws IOException {
        example = TopologyDriver.shipped("hopping");

        example.send("payments", "c1", "{\"amount\":10}", 0)
                .send("payments", "c1", "{\"amount\":2.5}", 55 * MINUTE)
                .send("payments", "c1", "{\"amount\":\"much\"}", 55 * MINUTE)
                .send("payments", "c1", "{\"amount\":1}", 4 * HOUR);

        assertThat(example.read("spent_by_hour"))
                .hasSize(11)
                .containsOnlyOnce("c1={\"payments\":2,\"sum\":12.5,\"largest\":10}")
                .contains("c1={\"payments\":1,\"sum\":10,\"largest\":10}")
                .contains("c1={\"payments\":1,\"sum\":2.5,\"largest\":2.5}");
        assertThat(example.rejections())
                .singleElement()
                .asString()
                .isEqualTo("sum (jsonpath $.amount) is \"much\", expected a number");
    }

    @Test
    void sliding_findsThreeWithinTenSeconds() throws IOException {
        example = TopologyDriver.shipped("sliding");

        for (int second : List.of(0, 9, 18, 19, 28)) {
            example.send("failed_logins", "mallory", "no", second);
        }

        assertThat(example.read("suspects")).isNotEmpty().containsOnly("mallory=3");
    }

    @Test
    void sessions_emitsSessionsWhenTheyClose() throws IOException {
        example = TopologyDriver.shipped("sessions");

        example.send("page_views", "v", "/", 0)
                .send("page_views", "v", "/a", 29 * MINUTE)
                .send("page_views", "v", "/b", 58 * MINUTE)
                .send("page_views", "v", "/", 2 * HOUR);
        example.send("page_views", "w", "/", 3 * HOUR);

        assertThat(example.read("visits"))
                .containsExactly("v={\"pages\":3,\"ms\":%d}".formatted(58 * MINUTE * 1000), "v={\"pages\":1,\"ms\":0}");
    }

    @Test
    void sales_sumsByItemAndCustomer_andKeepsTheLatest() throws IOException {
        example = TopologyDriver.shipped("sales");
        String book = "{\"item\":\"book\",\"price\":10000}";
        String coffee = "{\"item\":\"coffee\",\"price\":2500}";

        example.send("transactions", "{\"customerId\":\"7\",\"transactionDate\":\"2026-11-20\"}", book, 0)
                .send("transactions", "{\"customerId\":\"8\",\"transactionDate\":\"2026-11-20\"}", book, 30)
                .send("transactions", "{\"customerId\":\"7\",\"transactionDate\":\"2026-11-20\"}", coffee, 9 * MINUTE)
                .send("transactions", "{\"customerId\":\"7\"}", "{\"item\":\"book\"}", 9 * MINUTE)
                .send("transactions", "{\"customerId\":\"9\"}", coffee, 2 * HOUR);
        String bought = "7={\"customerId\":\"7\",\"transactionDate\":\"2026-11-20\",\"item\":\"%s\",\"price\":%s}";
        assertThat(example.read("transactions.latest"))
                .startsWith(bought.formatted("book", "10000"))
                .contains(bought.formatted("coffee", "2500"));
        assertThat(example.read("sales.items"))
                .as(
                        "three changes of a day; and the ten minutes up to each minute that have both books, or the first coffee")
                .hasSize(4 + 10 + 10)
                .containsSubsequence(
                        total("item", "book", MIDNIGHT, DAY, 1, "10000"),
                        total("item", "book", MIDNIGHT, DAY, 2, "20000"),
                        total("item", "coffee", MIDNIGHT, DAY, 1, "2500"),
                        total("item", "coffee", MIDNIGHT, DAY, 2, "5000"))
                .containsOnlyOnce(total("item", "book", -9 * MINUTE, 10 * MINUTE, 2, "20000"))
                .containsOnlyOnce(total("item", "book", 0, 10 * MINUTE, 2, "20000"))
                .containsOnlyOnce(total("item", "coffee", 9 * MINUTE, 10 * MINUTE, 1, "2500"));
        assertThat(example.read("sales.customers"))
                .containsSubsequence(
                        total("customer", "7", MIDNIGHT, DAY, 1, "10000"),
                        total("customer", "8", MIDNIGHT, DAY, 1, "10000"),
                        total("customer", "7", MIDNIGHT, DAY, 2, "12500"))
                .containsOnlyOnce(total("customer", "7", 0, 10 * MINUTE, 2, "12500"));
        assertThat(example.rejections()).contains("sum (jq .price) is null, expected a number");
    }

    private static String total(String of, String key, int from, int length, int count, String total) {
        long start = TopologyDriver.START.toEpochMilli();
        return "%s={\"%s\":\"%s\",\"from\":%d,\"to\":%d,\"count\":%d,\"total\":%s}"
                .formatted(key, of, key, start + from * 1000L, start + (from + length) * 1000L, count, total);
    }

    @Test
    void prices_emitsTheLatestEveryTenSeconds() throws IOException {
        example = TopologyDriver.shipped("prices");

        example.send("prices", "tea", "{\"price\":2500}", 0)
                .send("prices", "tea", "{\"price\":2600}", 1)
                .send("prices", "tea", "{\"price\":-1}", 2);
        assertThat(example.read("latest_prices")).isEmpty();

        example.advance(Duration.ofSeconds(10));
        assertThat(example.read("latest_prices")).containsExactly("tea={\"price\":2600}");
    }

    @Test
    void once_forwardsTheFirstRecordOfEachId() throws IOException {
        example = TopologyDriver.shipped("once");

        example.send("deliveries", "a", "{\"id\":\"d1\",\"n\":1}", 0)
                .send("deliveries", "b", "{\"id\":\"d1\",\"n\":2}", DAY - 1)
                .send("deliveries", null, "{\"id\":\"d2\"}", DAY - 1)
                .send("deliveries", "a", "{\"id\":\"d1\",\"n\":3}", DAY)
                .send("deliveries", "a", "{\"n\":4}", DAY);

        assertThat(example.read("deliveries_once"))
                .containsExactly("a={\"id\":\"d1\",\"n\":1}", "null={\"id\":\"d2\"}", "a={\"id\":\"d1\",\"n\":3}");
        assertThat(example.rejections()).singleElement().asString().contains("expected an id");
    }

    @Test
    void byType_choosesTheTopic() throws IOException {
        example = TopologyDriver.shipped("by-type");

        example.send("mixed", "1", "\"text\"", 0)
                .send("mixed", "2", "3.50", 1)
                .send("mixed", "3", "{ \"a\": 1 }", 2)
                .send("mixed", "4", "[1]", 3)
                .send("mixed", "5", "{\"a\":", 4);

        assertThat(example.read("mixed.string")).containsExactly("1=\"text\"");
        assertThat(example.read("mixed.number")).as("bytes stay as they came").containsExactly("2=3.50");
        assertThat(example.read("mixed.object")).containsExactly("3={ \"a\": 1 }");
        assertThat(example.rejections())
                .hasSize(2)
                .anySatisfy(why -> assertThat(why)
                        .contains("the topic is \"mixed.array\", expected one of mixed.string, mixed.number"))
                .anySatisfy(why -> assertThat(why).startsWith("the value is not JSON: "));
    }

    @Test
    void deadLetter_isTheOriginalRecord() throws IOException {
        example = TopologyDriver.shipped("by-type");

        example.send("mixed", "5".getBytes(UTF_8), new byte[] {(byte) 0xff, 1}, 4);

        assertThat(example.records(TopologyDriver.DEAD_LETTERS)).singleElement().satisfies(deadLetter -> {
            assertThat(deadLetter.key()).isEqualTo("5".getBytes(UTF_8));
            assertThat(deadLetter.value()).isEqualTo(new byte[] {(byte) 0xff, 1});
            assertThat(TopologyDriver.header(deadLetter, "topic")).isEqualTo("mixed");
            assertThat(TopologyDriver.header(deadLetter, "partition")).isEqualTo("0");
            assertThat(TopologyDriver.header(deadLetter, "offset")).isEqualTo("0");
            assertThat(TopologyDriver.header(deadLetter, "connector.name")).isEqualTo("streams-by-type");
        });
    }
}
