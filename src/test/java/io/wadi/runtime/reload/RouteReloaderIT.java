package io.wadi.runtime.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.EventLoad;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.SteadyLoad;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes, edited while they run on real servers. {@link RejectedEditsIT} edits them to be invalid. */
class RouteReloaderIT {
    /** So many clients that the rate is kept even if one request of each is held. */
    private static final int CLIENTS = 100;

    private static final int REQUESTS_A_SECOND = Rounds.of(500, 2_000);
    private static final int RECORDS_A_SECOND = Rounds.of(5_000, 20_000);
    private static final Pattern NUMBER = Pattern.compile("\\{\"number\":(\\d+)}");

    @TempDir
    private Path configuration;

    @AutoClose
    private EditedRoutes routes;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        routes = new EditedRoutes(test, configuration);
    }

    /** Requests and records are processed by the edited routes. */
    @Test
    @Nightly(
            perChange = {"RouteReloaderIT#routeThatFailsToStart_failsNoRequest_andTheNextEditIsApplied", "ConnectApiIT"
            })
    void edits_underLoad_failNoRequest_andLoseOrDuplicateNothing() throws Exception {
        int edits = Rounds.of(4, 100);
        String events = Files.readString(routes.file("web-events"));
        String landing = Files.readString(routes.file("landing"));
        List<Long> inForce = new ArrayList<>();
        List<Long> landedAgain = new ArrayList<>();
        int port = URI.create(routes.eventsUrl()).getPort();
        try (SteadyLoad stream = SteadyLoad.start(
                        routes.records(), EditedRoutes.PARTITIONS, RECORDS_A_SECOND, "{\"number\":%d}"::formatted);
                EventLoad load = EventLoad.start(
                        port, routes.topic(), CLIENTS, REQUESTS_A_SECOND / CLIENTS, new AtomicInteger())) {
            await().until(() -> load.receipted().size() > 2000 && routes.landed(routes.records()) > RECORDS_A_SECOND);
            long begin = System.nanoTime();
            for (int edit = 1; edit <= edits; edit++) {
                String word = "hello " + edit;
                long saved = System.nanoTime();
                routes.save(
                        "landing", landing.replace("{{wadi.landing.roll-records}}", Integer.toString(10_000 + edit)));
                routes.save(
                        "web-events",
                        events.replace(
                                        "description: Accept JSON events",
                                        "description: " + edit + " accept JSON events")
                                + EditedRoutes.HELLO.formatted(word));
                int applied = edit;
                await(word).until(() -> routes.answersHello(word) && routes.changes("applied") >= applied);
                inForce.add(millisSince(saved));
                int receipts = load.receipted().size();
                long landed = routes.landed(routes.topic());
                long streamed = routes.landed(routes.records());
                await(word)
                        .until(() -> load.receipted().size() > receipts + 200
                                && routes.landed(routes.topic()) > landed
                                && routes.landed(routes.records()) > streamed);
                landedAgain.add(millisSince(saved));
            }
            long seconds = millisSince(begin) / 1000;
            load.close();
            stream.stop();
            System.out.printf(
                    Locale.ROOT,
                    "RouteReloaderIT: %d edits in %d s, %d receipts, %d records; in force after %s ms, landed again"
                            + " after %s ms%n",
                    edits,
                    seconds,
                    load.receipted().size(),
                    stream.sent(),
                    medianAndMost(inForce),
                    medianAndMost(landedAgain));
            assertThat(load.unanswered()).isEmpty();
            assertThat(load.refused()).isZero();
            assertThat(load.notSent()).isZero();
            assertReceiptsStoredOnce(load);
            assertStreamStoredOnce(stream);
        }
        assertThat(routes.warnings().lines()).isEmpty();
    }

    /** Every client has a pending request when the start of the changed route fails. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void routeThatFailsToStart_failsNoRequest_andTheNextEditIsApplied(boolean isError) throws Exception {
        String events = Files.readString(routes.file("web-events"));
        int port = URI.create(routes.eventsUrl()).getPort();
        AtomicInteger numbers = new AtomicInteger();
        try (EventLoad load = EventLoad.start(port, routes.topic(), CLIENTS, REQUESTS_A_SECOND / CLIENTS, numbers)) {
            await().until(() -> load.receipted().size() > 500);
            StartedProducer.onStart = () -> {
                await().until(() -> numbers.get() == load.receipted().size() + CLIENTS);
                StartedProducer.onStart = StartedProducer.NOTHING;
                if (isError) {
                    throw new NoClassDefFoundError("of/the/Test");
                }
                throw new IllegalStateException("of/the/Test");
            };
            routes.save(
                    "web-events",
                    events.replace(
                            "- process: {id: read-events",
                            "- to: \"started-producer:any\"\n        - process: {id: read-events"));
            await().until(() -> routes.changes("rejected") == 1);
            int receipts = load.receipted().size();
            await().until(() -> load.receipted().size() > receipts + 200);

            routes.save("web-events", events + EditedRoutes.HELLO.formatted("next"));
            await().until(() -> routes.answersHello("next") && routes.changes("applied") == 1);
            load.close();
            assertThat(load.unanswered()).isEmpty();
            assertThat(load.refused()).isZero();
            assertReceiptsStoredOnce(load);
        }
        assertThat(String.join("\n", routes.warnings().take())).contains("web-events.camel.yaml:", "of/the/Test");
    }

    @Test
    void dependentFiles_areAppliedTogether_andRemovedRoutesStop() throws Exception {
        String errors = Files.readString(routes.file("errors"));
        String added = EditedRoutes.HELLO.formatted("together").replace("events-port", "of-its-own");
        routes.save("hello", added);
        await().until(() -> routes.changes("rejected") == 1);
        assertThat(String.join("\n", routes.warnings().take())).contains("hello.camel.yaml:3: ", "of-its-own");

        routes.save(
                "errors",
                errors + "- routeConfiguration:\n    id: of-its-own\n    errorHandler: {noErrorHandler: {}}\n");
        await().until(() -> routes.answersHello("together") && routes.metric("wadi_routes_rejected") == 0);

        Files.delete(routes.file("hello"));
        await().until(() -> routes.changes("applied") == 2);
        assertThat(routes.hello().statusCode()).isEqualTo(404);

        // A changed configuration takes effect in the routes that use it.
        routes.save("errors", errors.replace("noErrorHandler: {}", "defaultErrorHandler: {}"));
        await().until(() -> routes.changes("applied") == 3);
        assertThat(routes.post()).isEqualTo(200);
        assertThat(routes.warnings().lines()).isEmpty();
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static String medianAndMost(List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        return "%d (at most %d)".formatted(sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
    }

    /**
     * Asserts that each event with a receipt is in Kafka, that no number is duplicated, and that the landed files of
     * each partition equal Kafka's records.
     */
    private void assertReceiptsStoredOnce(EventLoad load) throws Exception {
        Map<Integer, List<Integer>> kafka = new TreeMap<>();
        KafkaProbe.forEach(
                routes.topic(), each -> numbers(kafka, each.partition()).add(number(new String(each.value(), UTF_8))));
        List<Integer> sent = kafka.values().stream().flatMap(List::stream).toList();
        assertThat(new HashSet<>(sent)).hasSameSizeAs(sent);
        Set<Integer> missing = new HashSet<>(load.receipted());
        sent.forEach(missing::remove);
        assertThat(missing).as("acknowledged and not in Kafka").isEmpty();

        // A file is published when it is full or a second old.
        await().until(() -> routes.landed(routes.topic()) >= sent.size());
        Map<Integer, List<Integer>> landed = new TreeMap<>();
        forEachLanded(
                routes.topic(),
                (partition, number) -> numbers(landed, partition).add(number));
        assertThat(landed.equals(kafka))
                .as("the landed records are those in Kafka")
                .isTrue();
    }

    private static List<Integer> numbers(Map<Integer, List<Integer>> partitions, int partition) {
        return partitions.computeIfAbsent(partition, any -> new ArrayList<>());
    }

    /** Asserts that the files of each partition contain exactly the records of the stream, in order. */
    private void assertStreamStoredOnce(SteadyLoad stream) throws Exception {
        await().until(() -> routes.landed(routes.records()) >= stream.sent());
        int[] next = {0, 1, 2};
        forEachLanded(routes.records(), (partition, number) -> {
            assertThat(number).as("in the order of partition %d", partition).isEqualTo(next[partition]);
            next[partition] += EditedRoutes.PARTITIONS;
        });
        assertThat(Arrays.stream(next).min()).hasValue(stream.sent());
    }

    private void forEachLanded(String of, BiConsumer<Integer, Integer> action) throws IOException {
        HdfsProbe.forEach(
                "/" + routes.topic(),
                of,
                file -> file.lines().forEach(line -> action.accept(file.partition(), number(line))));
    }

    private static int number(String value) {
        Matcher number = NUMBER.matcher(value);
        assertThat(number.matches()).as(value).isTrue();
        return Integer.parseInt(number.group(1));
    }
}
