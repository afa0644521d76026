package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.wadi.testing.Nightly;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Edits of running routes that are rejected, and rollbacks that fail. */
class RejectedEditsIT {
    /** Placeholder for the line of the change. */
    private static final String LINE = ":LINE: ";
    /** Placeholder for the line where the changed route begins. */
    private static final String ROUTE = ":ROUTE: ";

    @TempDir
    private Path configuration;

    @AutoClose
    private EditedRoutes routes;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        routes = new EditedRoutes(test, configuration);
    }

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
                        "ref: answer-receipts}\n"
                                + EditedRoutes.HELLO.formatted("").replace("/hello", "/api/select"),
                        "/api/select"),
                broken(
                        "a path that is taken, in a template with beans",
                        "web-events",
                        "ref: answer-receipts}\n",
                        """
                        ref: answer-receipts}
                        - routeTemplate:
                            id: with-beans
                            beans: [{name: list, type: java.util.ArrayList}]
                            from: {uri: "platform-http:/api/select", steps: [{bean: {ref: "{{list}}", method: size}}]}
                        - templatedRoute: {routeId: taken, routeTemplateRef: with-beans}
                        """,
                        "the path /api/select is already used by the route"),
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
            String before = Files.readString(routes.file(broken.file));
            assertThat(before).as(broken.name).contains(broken.from);
            number++;
            int refused = number;
            // The last occurrence is in the route of the test.
            int place = before.lastIndexOf(broken.from);
            String after = before.substring(0, place) + broken.to + before.substring(place + broken.from.length());
            if (broken.name.equals("half a file")) {
                after = before.substring(0, place) + broken.to;
            }
            routes.save(broken.file, after);
            await(broken.name).until(() -> routes.changes("rejected") == refused);
            String line = line(before, place);
            String route = line(before, before.lastIndexOf("route:", place));
            assertThat(String.join("\n", routes.warnings().lines()))
                    .as(broken.name)
                    .contains(broken.file + ".camel.yaml")
                    .contains(broken.messages.stream()
                            .map(shown -> shown.replace(LINE, line).replace(ROUTE, route))
                            .toList());
            routes.warnings().take();
            assertThat(routes.metric("wadi_routes_rejected")).as(broken.name).isEqualTo(1);
            assertThat(routes.post()).as(broken.name).isEqualTo(200);

            routes.save(broken.file, before);
            await(broken.name).until(() -> routes.metric("wadi_routes_rejected") == 0);
        }
        assertThat(routes.changes("applied")).isZero();
        await("all sent records have landed").until(() -> routes.landed(routes.topic()) >= broken().size());
        assertThat(routes.landed(routes.topic())).isEqualTo(broken().size());
    }

    @Test
    void failedRollback_isReportedByHealth_andRepeated() throws Exception {
        String hello = EditedRoutes.HELLO.formatted("first") + "        - to: \"started-producer:any\"\n";
        routes.save("hello", hello);
        await().until(() -> routes.answersHello("first"));
        StartedProducer.onStart = () -> {
            throw new NoClassDefFoundError("of/the/Test");
        };

        routes.save("hello", hello.replace("first", "second"));

        await().untilAsserted(() -> assertThat(routes.health()).contains("missing after a failed reload: hello;"));
        assertThat(routes.get("/observe/health/ready")).isEqualTo(503);
        assertThat(routes.warnings().lines()).anyMatch(line -> line.endsWith("; some routes do not run:"));

        StartedProducer.onStart = StartedProducer.NOTHING;
        await().until(() -> routes.answersHello("first") && routes.get("/observe/health/ready") == 200);
        assertThat(routes.changes("rejected")).isEqualTo(1);
    }

    @Test
    void failedRollback_thatRestoresAConfiguration_isRepeated() throws Exception {
        String hello = EditedRoutes.HELLO.formatted("first") + "        - to: \"started-producer:any\"\n";
        routes.save(
                "hello",
                "- routeConfiguration: {id: own}\n" + hello.replace("Id: events-port", "Id: \"own,events-port\""));
        await().until(() -> routes.answersHello("first"));
        StartedProducer.onStart = () -> {
            throw new NoClassDefFoundError("of/the/Test");
        };

        routes.save("hello", hello.replace("first", "second"));
        await().untilAsserted(() -> assertThat(routes.health()).contains("missing after a failed reload: hello;"));
        StartedProducer.onStart = StartedProducer.NOTHING;

        await().until(() -> routes.answersHello("first") && routes.get("/observe/health/ready") == 200);
    }

    @Test
    void fileSavedDuringAFailedRollback_isLoadedAfterIt() throws Exception {
        String hello = EditedRoutes.HELLO.formatted("first") + "        - to: \"started-producer:any\"\n";
        routes.save("hello", hello);
        await().until(() -> routes.answersHello("first"));
        AtomicInteger starts = new AtomicInteger();
        StartedProducer.onStart = () -> {
            starts.incrementAndGet();
            throw new NoClassDefFoundError("of/the/Test");
        };
        try (Warnings errors = new Warnings(WatchedFiles.class.getName(), Level.ERROR)) {
            routes.save("hello", hello.replace("first", "second"));
            await().until(() -> !errors.lines().isEmpty());
            routes.save("hello", hello.replace("first", "third"));
            int before = starts.get();
            await().until(() -> starts.get() > before + 5);
            assertThat(errors.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "The rollback failed again; retrying. Changed route files are loaded once it has succeeded");
        }

        StartedProducer.onStart = StartedProducer.NOTHING;
        await().until(() -> routes.answersHello("third") && routes.get("/observe/health/ready") == 200);
    }
}
