package io.wadi.ingest;

import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import io.wadi.testing.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An ingest process in its own JVM, with the shipped options and a given heap size. */
final class IngestProcess implements AutoCloseable {
    private static final Pattern COLLECTION = Pattern.compile("(\\d+)M->(\\d+)M\\(\\d+M\\)");

    private final Path directory;
    private final int http;
    private final int management;
    private final ChildProcess process;

    private IngestProcess(Path directory, int http, int management, ChildProcess process) {
        this.directory = directory;
        this.http = http;
        this.management = management;
        this.process = process;
    }

    /**
     * Starts the process and returns once it accepts events.
     *
     * @param directory an empty directory, for its configuration and logs
     * @param topics the content of {@code topics.yaml}
     * @param moreRoutes names of route files besides that of events
     */
    static IngestProcess start(Path directory, String heap, String brokers, String topics, String... moreRoutes)
            throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        List<String> files = new ArrayList<>(List.of("web-events.camel.yaml", "errors.camel.yaml"));
        files.addAll(List.of(moreRoutes));
        for (String route : files) {
            Files.copy(Path.of("routes", route), routes.resolve(route));
        }
        Files.writeString(directory.resolve("topics.yaml"), topics);
        int http = Ports.free();
        int management = Ports.free();
        List<String> command = new ArrayList<>(List.of(ChildJvm.java(), "@jvm.options", "-Xmx" + heap));
        command.addAll(List.of(
                "-Xlog:gc:file=" + directory.resolve("gc.log"),
                "-Dwadi.kafka.brokers=" + brokers,
                "-Dwadi.http.port=" + http,
                "-Dwadi.management.port=" + management,
                "-Dwadi.ingest.acknowledgement-timeout=20s",
                "-cp",
                System.getProperty("java.class.path"),
                "io.wadi.Launch",
                "--config",
                directory.toString()));
        Path log = directory.resolve("wadi.log");
        ChildProcess process = ChildProcess.start(command, Path.of("."), log);
        process.awaitReady(
                "Ingest",
                log,
                () -> Http.get("http://localhost:" + management + "/observe/health/ready")
                                .statusCode()
                        == 200);
        return new IngestProcess(directory, http, management, process);
    }

    /** Returns the URL of the event port. */
    String eventsUrl() {
        return "http://localhost:" + http;
    }

    /** Returns the URL of the management port. */
    String managementUrl() {
        return "http://localhost:" + management;
    }

    /** Returns the highest heap usage before a garbage collection, in MiB. */
    int peakHeapMiB() throws IOException {
        return mostOf(1);
    }

    /** Returns the highest heap usage after a garbage collection, in MiB. */
    int peakHeapAfterCollectionMiB() throws IOException {
        return mostOf(2);
    }

    private int mostOf(int group) throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("gc.log"))) {
            return lines.map(COLLECTION::matcher)
                    .filter(Matcher::find)
                    .mapToInt(found -> Integer.parseInt(found.group(group)))
                    .max()
                    .orElseThrow();
        }
    }

    /** Returns the peak memory of the process as Linux counts it (VmHWM), in MiB. */
    int peakMemoryMiB() throws IOException {
        Path status = Path.of("/proc/" + process.command().pid() + "/status");
        try (Stream<String> lines = Files.lines(status)) {
            String kib = lines.filter(line -> line.startsWith("VmHWM:"))
                    .findFirst()
                    .orElseThrow()
                    .replaceAll("\\D", "");
            return Integer.parseInt(kib) >> 10;
        }
    }

    @Override
    public void close() {
        process.kill();
    }
}
