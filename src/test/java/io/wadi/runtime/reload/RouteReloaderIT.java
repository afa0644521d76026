package io.wadi.runtime.reload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.wadi.testing.EventLoad;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.Rounds;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.SteadyLoad;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes, edited while they run on real servers. */
class RouteReloaderIT {
    private static final int PARTITIONS = 3;
    /** So many clients that the rate is kept even if one request of each is held. */
    private static final int CLIENTS = 100;

    private static final int REQUESTS_A_SECOND = Rounds.of(500, 2_000);
    private static final int RECORDS_A_SECOND = Rounds.of(5_000, 20_000);
    private static final Pattern NUMBER = Pattern.compile("\\{\"number\":(\\d+)}");

    private static final String HELLO = """
        - route:
            id: hello
            routeConfigurationId: events-port
            from:
              uri: platform-http:/hello
              steps:
                - setBody: {constant: "%s"}
        """;

    @TempDir
    private Path configuration;

    private String topic;
    /** A topic that is landed beside the other and not written by Wadi. */
    private String records;

    private RunningWadi wadi;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Warnings warnings = new Warnings(WatchedFiles.class.getName());

    @BeforeEach
    void start(TestInfo test) throws Exception {
        topic = "live-" + Integer.toHexString(test.getDisplayName().hashCode());
        records = topic + "-records";
        KafkaProbe.createTopic(topic, PARTITIONS);
        KafkaProbe.createTopic(records, PARTITIONS);
        Files.createDirectories(configuration.resolve("routes"));
        Files.copy(Path.of("application.properties"), configuration.resolve("application.properties"));
        for (String route : List.of("web-events", "landing", "errors")) {
            Files.copy(Path.of("routes", route + ".camel.yaml"), file(route));
        }
        Files.writeString(
                file("beans"),
                "- beans: [{name: started-producer, type: %s}]\n".formatted(StartedProducer.class.getName()));
        Files.writeString(
                configuration.resolve("topics.yaml"),
                "topics:\n  - {name: %s, partitions: %d, replication: 1, ingest: {over: [events]}}\n  - {name: wadi.dead-letter, partitions: 1, replication: 1}\n"
                        .formatted(topic, PARTITIONS));
        Map<String, String> properties = Map.of(
                "wadi.reload.enabled",
                "true",
                // So long that a busy Kafka causes no rejection: a rejected request was rejected because of an edit.
                "wadi.ingest.acknowledgement-timeout",
                "60s",
                "wadi.landing.topics",
                topic + "," + records,
                "wadi.landing.group",
                topic,
                "wadi.landing.directory",
                "/" + topic,
                "wadi.landing.roll-records",
                "10000");
        wadi = RunningWadi.startConfigured(configuration, properties);
        await().until(() -> get("/observe/health/ready") == 200);
    }

    @AfterEach
    void stop() {
        warnings.close();
        StartedProducer.onStart = StartedProducer.NOTHING;
        if (wadi != null) {
            wadi.close();
        }
    }

    /** Requests and records are processed by the edited routes. */
    @Test
    @Nightly(
            perChange = {"RouteReloaderIT#routeThatFailsToStart_failsNoRequest_andTheNextEditIsApplied", "ConnectApiIT"
            })
    void edits_underLoad_failNoRequest_andLoseOrDuplicateNothing() throws Exception {
        int edits = Rounds.of(4, 100);
        String events = Files.readString(file("web-events"));
        String landing = Files.readString(file("landing"));
        List<Long> inForce = new ArrayList<>();
        List<Long> landedAgain = new ArrayList<>();
        int port = URI.create(wadi.eventsUrl()).getPort();
        try (SteadyLoad stream = SteadyLoad.start(records, PARTITIONS, RECORDS_A_SECOND, "{\"number\":%d}"::formatted);
                EventLoad load =
                        EventLoad.start(port, topic, CLIENTS, REQUESTS_A_SECOND / CLIENTS, new AtomicInteger())) {
            await().until(() -> load.receipted().size() > 2000 && landed(records) > RECORDS_A_SECOND);
            long begin = System.nanoTime();
            for (int edit = 1; edit <= edits; edit++) {
                String word = "hello " + edit;
                long saved = System.nanoTime();
                save("landing", landing.replace("{{wadi.landing.roll-records}}", Integer.toString(10_000 + edit)));
                save(
                        "web-events",
                        events.replace(
                                        "description: Accept JSON events",
                                        "description: " + edit + " accept JSON events")
                                + HELLO.formatted(word));
                int applied = edit;
                await(word).until(() -> answersHello(word) && changes("applied") >= applied);
                inForce.add(millisSince(saved));
                int receipts = load.receipted().size();
                long landed = landed(topic);
                long streamed = landed(records);
                await(word)
                        .until(() -> load.receipted().size() > receipts + 200
                                && landed(topic) > landed
                                && landed(records) > streamed);
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
        assertThat(warnings.lines()).isEmpty();
    }

    /** Every client has a pending request when the start of the changed route fails. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void routeThatFailsToStart_failsNoRequest_andTheNextEditIsApplied(boolean isError) throws Exception {
        String events = Files.readString(file("web-events"));
        int port = URI.create(wadi.eventsUrl()).getPort();
        AtomicInteger numbers = new AtomicInteger();
        try (EventLoad load = EventLoad.start(port, topic, CLIENTS, REQUESTS_A_SECOND / CLIENTS, numbers)) {
            await().until(() -> load.receipted().size() > 500);
            StartedProducer.onStart = () -> {
                await().until(() -> numbers.get() == load.receipted().size() + CLIENTS);
                StartedProducer.onStart = StartedProducer.NOTHING;
                if (isError) {
                    throw new NoClassDefFoundError("of/the/Test");
                }
                throw new IllegalStateException("of/the/Test");
            };
            save(
                    "web-events",
                    events.replace(
                            "- process: {id: read-events",
                            "- to: \"started-producer:any\"\n        - process: {id: read-events"));
            await().until(() -> changes("rejected") == 1);
            int receipts = load.receipted().size();
            await().until(() -> load.receipted().size() > receipts + 200);

            save("web-events", events + HELLO.formatted("next"));
            await().until(() -> answersHello("next") && changes("applied") == 1);
            load.close();
            assertThat(load.unanswered()).isEmpty();
            assertThat(load.refused()).isZero();
            assertReceiptsStoredOnce(load);
        }
        assertThat(String.join("\n", warnings.take())).contains("web-events.camel.yaml:", "of/the/Test");
    }

    @Test
    void failedRollback_isReportedByHealth_andRepeated() throws Exception {
        String hello = HELLO.formatted("first") + "        - to: \"started-producer:any\"\n";
        save("hello", hello);
        await().until(() -> answersHello("first"));
        StartedProducer.onStart = () -> {
            throw new NoClassDefFoundError("of/the/Test");
        };

        save("hello", hello.replace("first", "second"));

        await().untilAsserted(() -> assertThat(health()).contains("missing after a failed reload: hello;"));
        assertThat(get("/observe/health/ready")).isEqualTo(503);
        assertThat(warnings.lines()).anyMatch(line -> line.endsWith("; some routes do not run:"));

        StartedProducer.onStart = StartedProducer.NOTHING;
        await().until(() -> answersHello("first") && get("/observe/health/ready") == 200);
        assertThat(changes("rejected")).isEqualTo(1);
    }

    @Test
    void fileSavedDuringAFailedRollback_isLoadedAfterIt() throws Exception {
        String hello = HELLO.formatted("first") + "        - to: \"started-producer:any\"\n";
        save("hello", hello);
        await().until(() -> answersHello("first"));
        AtomicInteger starts = new AtomicInteger();
        StartedProducer.onStart = () -> {
            starts.incrementAndGet();
            throw new NoClassDefFoundError("of/the/Test");
        };
        try (Warnings errors = new Warnings(WatchedFiles.class.getName(), Level.ERROR)) {
            save("hello", hello.replace("first", "second"));
            await().until(() -> !errors.lines().isEmpty());
            save("hello", hello.replace("first", "third"));
            int before = starts.get();
            await().until(() -> starts.get() > before + 5);
            assertThat(errors.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "The rollback failed again; retrying. Changed route files are loaded once it has succeeded");
        }

        StartedProducer.onStart = StartedProducer.NOTHING;
        await().until(() -> answersHello("third") && get("/observe/health/ready") == 200);
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
                topic, each -> numbers(kafka, each.partition()).add(number(new String(each.value(), UTF_8))));
        List<Integer> sent = kafka.values().stream().flatMap(List::stream).toList();
        assertThat(new HashSet<>(sent)).hasSameSizeAs(sent);
        Set<Integer> missing = new HashSet<>(load.receipted());
        sent.forEach(missing::remove);
        assertThat(missing).as("acknowledged and not in Kafka").isEmpty();

        // A file is published when it is full or a second old.
        await().until(() -> landed(topic) >= sent.size());
        Map<Integer, List<Integer>> landed = new TreeMap<>();
        forEachLanded(topic, (partition, number) -> numbers(landed, partition).add(number));
        assertThat(landed.equals(kafka))
                .as("the landed records are those in Kafka")
                .isTrue();
    }

    private static List<Integer> numbers(Map<Integer, List<Integer>> partitions, int partition) {
        return partitions.computeIfAbsent(partition, any -> new ArrayList<>());
    }

    /** Asserts that the files of each partition contain exactly the records of the stream, in order. */
    private void assertStreamStoredOnce(SteadyLoad stream) throws Exception {
        await().until(() -> landed(records) >= stream.sent());
        int[] next = {0, 1, 2};
        forEachLanded(records, (partition, number) -> {
            assertThat(number).as("in the order of partition %d", partition).isEqualTo(next[partition]);
            next[partition] += PARTITIONS;
        });
        assertThat(Arrays.stream(next).min()).hasValue(stream.sent());
    }

    private void forEachLanded(String of, BiConsumer<Integer, Integer> action) throws IOException {
        HdfsProbe.forEach(
                "/" + topic, of, file -> file.lines().forEach(line -> action.accept(file.partition(), number(line))));
    }

    private static int number(String value) {
        Matcher number = NUMBER.matcher(value);
        assertThat(number.matches()).as(value).isTrue();
        return Integer.parseInt(number.group(1));
    }

    /** Placeholder for the line of the change. */
    private static final String LINE = ":LINE: ";
    /** Placeholder for the line where the changed route begins. */
    private static final String ROUTE = ":ROUTE: ";

    /** An invalid change, and the messages that it must cause. */
    private record Broken(String name, String file, String from, String to, List<String> messages) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Broken broken(String name, String file, String from, String to, String... messages) {
        return new Broken(name, file, from, to, List.of(messages));
    }

    private static List<Broken> broken() {
        return List.of(
                broken("no YAML", "web-events", "steps:\n", "steps: [\n", "web-events.camel.yaml:"),
                broken("half a file", "web-events", "ref: answer-receipts}\n", "ref: answer-re", "line break"),
                broken(
                        "unknown bean",
                        "web-events",
                        "ref: read-events",
                        "ref: reed-events",
                        LINE,
                        "there is no bean reed-events; did you mean read-events?"),
                broken(
                        "unknown step",
                        "web-events",
                        "- process: {id: read-events",
                        "- proces: {id: read-events",
                        LINE,
                        "there is no step proces; did you mean process?"),
                broken(
                        "unknown parameter in an address",
                        "web-events",
                        "- process: {id: read-events",
                        "- to: \"kafka:x?grupId=a\"\n        - process: {id: read-events",
                        LINE,
                        "there is no parameter grupId; did you mean groupId?"),
                broken(
                        "unknown language",
                        "web-events",
                        "- process: {id: read-events",
                        "- setBody: {language: {language: simpel, expression: a}}\n        - process: {id: read-events",
                        LINE,
                        "there is no language simpel; did you mean simple?"),
                broken(
                        "unknown scheme",
                        "landing",
                        "uri: \"landing:",
                        "uri: \"lamding:",
                        "landing.camel.yaml:",
                        "there is no component lamding; did you mean landing?"),
                broken(
                        "unknown option",
                        "landing",
                        "rollBytes:",
                        "rollBites:",
                        LINE,
                        "there is no parameter rollBites; did you mean rollBytes?"),
                broken(
                        "unknown property",
                        "landing",
                        "wadi.landing.roll-bytes",
                        "wadi.landing.rol-bytes",
                        LINE,
                        "there is no property wadi.landing.rol-bytes; did you mean wadi.landing.roll-bytes?"),
                broken(
                        "unknown client class",
                        "landing",
                        "maxPollRecords:",
                        "interceptorClasses: no.Such\n        maxPollRecords:",
                        "Route landing: Kafka's consumer cannot be created: ",
                        "no.Such"),
                broken(
                        "option that cannot be honored",
                        "landing",
                        "maxPollRecords:",
                        "breakOnFirstError: false\n        maxPollRecords:",
                        "Route landing: breakOnFirstError=false is not supported: the consumer never continues after"
                                + " a"),
                broken(
                        "unknown configuration",
                        "web-events",
                        "routeConfigurationId: events-port\n    from:\n      uri: \"",
                        "routeConfigurationId: event-port\n    from:\n      uri: \"",
                        LINE,
                        "event-port"),
                broken("the same id twice", "web-events", "id: events\n", "id: landing\n", "landing"),
                broken(
                        "a lost step",
                        "web-events",
                        "- process: {id: send-events, ref: send-events}",
                        "",
                        ROUTE,
                        "the route events has lost its step send-events"),
                broken(
                        "a misspelt step that must not be lost",
                        "web-events",
                        "ref: send-events",
                        "ref: send-event",
                        LINE,
                        "there is no bean send-event; did you mean send-events?"),
                broken(
                        "a path that is taken",
                        "web-events",
                        "ref: answer-receipts}\n",
                        "ref: answer-receipts}\n" + HELLO.formatted("").replace("/hello", "/api/select"),
                        "/api/select"),
                broken("no id", "web-events", "    id: events\n", "", "has no id"),
                broken(
                        "another kind",
                        "web-events",
                        "- route:\n    id: events\n",
                        "- beans: []\n- route:\n    id: events\n",
                        "beans"));
    }

    /** Returns the line of a location in the format of error messages. */
    private static String line(String file, int place) {
        return ":%d: ".formatted(file.substring(0, place).lines().count());
    }

    /** All invalid changes use one pipeline, because starting a pipeline takes longer than rejecting a change. */
    @Test
    @Nightly(
            perChange = {
                "RouteTemplatesIT",
                "RouteChangeTest",
                "WadiStartIT#mistakesInRoutes_areReportedWithFileLineAndNearestName"
            })
    void invalidEdit_isRejectedWithFileAndLine_andTheRunningRoutesContinue() throws Exception {
        int number = 0;
        for (Broken broken : broken()) {
            String before = Files.readString(file(broken.file));
            assertThat(before).as(broken.name).contains(broken.from);
            number++;
            int refused = number;
            // The last occurrence is in the route of the test.
            int place = before.lastIndexOf(broken.from);
            String after = before.substring(0, place) + broken.to + before.substring(place + broken.from.length());
            if (broken.name.equals("half a file")) {
                after = before.substring(0, place) + broken.to;
            }
            save(broken.file, after);
            await(broken.name).until(() -> changes("rejected") == refused);
            String line = line(before, place);
            String route = line(before, before.lastIndexOf("route:", place));
            assertThat(String.join("\n", warnings.lines()))
                    .as(broken.name)
                    .contains(broken.file + ".camel.yaml")
                    .contains(broken.messages.stream()
                            .map(shown -> shown.replace(LINE, line).replace(ROUTE, route))
                            .toList());
            warnings.take();
            assertThat(metric("wadi_routes_rejected")).as(broken.name).isEqualTo(1);
            assertThat(post()).as(broken.name).isEqualTo(200);

            save(broken.file, before);
            await(broken.name).until(() -> metric("wadi_routes_rejected") == 0);
        }
        assertThat(changes("applied")).isZero();
        await("all sent records have landed").until(() -> landed(topic) >= broken().size());
        assertThat(landed(topic)).isEqualTo(broken().size());
    }

    @Test
    void dependentFiles_areAppliedTogether_andRemovedRoutesStop() throws Exception {
        String errors = Files.readString(file("errors"));
        String added = HELLO.formatted("together").replace("events-port", "of-its-own");
        save("hello", added);
        await().until(() -> changes("rejected") == 1);
        assertThat(String.join("\n", warnings.take())).contains("hello.camel.yaml:3: ", "of-its-own");

        save("errors", errors + "- routeConfiguration:\n    id: of-its-own\n    errorHandler: {noErrorHandler: {}}\n");
        await().until(() -> answersHello("together") && metric("wadi_routes_rejected") == 0);

        Files.delete(file("hello"));
        await().until(() -> changes("applied") == 2);
        assertThat(hello().statusCode()).isEqualTo(404);

        // A changed configuration takes effect in the routes that use it.
        save("errors", errors.replace("noErrorHandler: {}", "defaultErrorHandler: {}"));
        await().until(() -> changes("applied") == 3);
        assertThat(post()).isEqualTo(200);
        assertThat(warnings.lines()).isEmpty();
    }

    private Path file(String route) {
        return configuration.resolve("routes").resolve(route + ".camel.yaml");
    }

    /** Replaces the file as editors do: atomically, by a rename. */
    private void save(String route, String text) throws IOException {
        Path next = configuration.resolve("next");
        Files.writeString(next, text);
        Files.move(next, file(route), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private boolean answersHello(String word) throws Exception {
        return hello().body().equals(word);
    }

    /**
     * Sends the request without {@link Http}, because the OpenAPI document does not describe this
     * route.
     */
    private HttpResponse<String> hello() throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/hello")).build(), BodyHandlers.ofString());
    }

    private int post() throws Exception {
        return Http.post(
                        wadi.eventsUrl() + "/events/" + topic,
                        "{\"number\":-1}".getBytes(UTF_8),
                        "Content-Type",
                        "application/json")
                .statusCode();
    }

    private String health() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health").body();
    }

    private int get(String path) throws Exception {
        return Http.get(wadi.managementUrl() + path).statusCode();
    }

    private long landed(String of) throws IOException {
        return HdfsProbe.coveredOffsets("/" + topic, of);
    }

    private double changes(String result) throws Exception {
        return Scrape.of(wadi).sum("wadi_routes_changes_total", "result", result);
    }

    private double metric(String name) throws Exception {
        return Scrape.of(wadi).sum(name);
    }
}
