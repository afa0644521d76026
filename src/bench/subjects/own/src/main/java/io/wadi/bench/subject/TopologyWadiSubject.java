package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Wadi as shipped, with the topology as a file. */
public final class TopologyWadiSubject extends TopologySubject {
    private static final Map<String, String> FILES = Map.of("filter", """
            application: %s
            from: {topic: %s, value: json}
            steps:
              - filter: {jq: '.colorName != "red"'}
              - map: {jq: '{colour: .colorName, user: .userName}'}
            to: {topic: %s, value: json}
            """, "count", """
            application: %s
            from: {topic: %s, value: json}
            steps:
              - select-key: {jsonpath: $.userName}
              - window: {tumbling: 10m}
              - count: true
              - map: {jq: '{user: $key, from: $windowStart, count: .}'}
            to: {topic: %s, value: json}
            """, "total", """
            application: %s
            from: {topic: %s, value: json}
            steps:
              - count: true
            to: %s
            """);

    /** Called by reflection. */
    public TopologyWadiSubject() {
        super();
    }

    @Override
    protected AutoCloseable start(Job job) throws Exception {
        Path streams = Files.createTempDirectory(Path.of("."), "streams");
        String name = job.setting("flow");
        Files.writeString(
                streams.resolve(name + ".yaml"), FILES.get(name).formatted(job.group(), job.topic(), job.directory()));
        Wadi wadi = new Wadi(
                Path.of(job.setting("wadi-config")),
                Map.of(
                        "wadi.kafka.brokers", job.brokers(),
                        "wadi.http.port", job.setting("http-port"),
                        "wadi.management.port", job.setting("management-port"),
                        "wadi.streams.directory", streams.toString(),
                        "wadi.streams.files", name,
                        "wadi.streams.state-directory", job.setting("state-directory")));
        wadi.start();
        return wadi;
    }
}
