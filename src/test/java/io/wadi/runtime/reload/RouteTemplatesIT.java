package io.wadi.runtime.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import io.wadi.testing.Warnings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routes from the shipped templates, edited while they run. */
class RouteTemplatesIT {
    private static final String TOPIC = "route-templates";

    @TempDir
    private Path directory;

    @Test
    void templatedRoutes_areAddedChangedAndRemovedLive_andMistakesReportedWithLines() throws Exception {
        TopicProbe.create(TOPIC, 1);
        TopicProbe.create(TOPIC + "-2", 1);
        Path input = Files.createDirectories(directory.resolve("in")).resolve("a.log");
        Path own = directory.resolve("wadi").resolve("routes").resolve("own.camel.yaml");
        Files.writeString(input, "one\n");
        try (Warnings warnings = new Warnings(WatchedFiles.class.getName());
                RunningWadi wadi = ConnectorRoutes.start(
                        Files.createDirectories(directory.resolve("wadi")),
                        route(input, TOPIC),
                        Map.of("wadi.reload.enabled", "true"))) {
            await().until(() -> KafkaProbe.readAll(TOPIC).size() >= 1);
            assertThat(KafkaProbe.readAll(TOPIC)).hasSize(1);

            save(own, route(input, TOPIC + "-2"));
            await().until(() -> appended(input, "more\n")
                    && !KafkaProbe.readAll(TOPIC + "-2").isEmpty());
            assertThat(warnings.lines()).isEmpty();

            save(own, route(input, TOPIC).replace("name: topic", "name: topik"));
            await().untilAsserted(() -> assertThat(warnings.lines())
                    .anyMatch(line -> line.contains(
                            "own.camel.yaml:7: file-to-topic has no parameter topik; did you mean topic?"))
                    .anyMatch(line ->
                            line.contains("own.camel.yaml:1: the parameter topic of file-to-topic is missing")));

            save(
                    own,
                    route(input, TOPIC).replace("routeTemplateRef: file-to-topic", "routeTemplateRef: file-to-topics"));
            await().untilAsserted(() -> assertThat(warnings.lines())
                    .anyMatch(line -> line.contains(
                            "there is no routeTemplate \"file-to-topics\"; did you mean file-to-topic?")));

            save(own, route(input, TOPIC).replace("name: every, value: \"100ms\"", "name: every, value: \"soon\""));
            await().untilAsserted(() -> assertThat(warnings.lines())
                    .anyMatch(line -> line.contains("own.camel.yaml:") && line.contains("soon")));
        }
    }

    private static String route(Path input, String topic) {
        Map<String, String> parameters = new TreeMap<>(Map.of("files", input.getParent() + "/*.log", "every", "100ms"));
        parameters.put("topic", topic);
        return ConnectorRoutes.route("file-to-topic", "own-log", parameters);
    }

    private static void save(Path file, String text) throws IOException {
        Path written = Files.writeString(file.resolveSibling("own.tmp"), text);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean appended(Path input, String line) throws IOException {
        Files.writeString(input, line, StandardOpenOption.APPEND);
        return true;
    }
}
