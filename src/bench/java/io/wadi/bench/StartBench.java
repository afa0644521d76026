package io.wadi.bench;

import io.wadi.local.Ports;
import io.wadi.local.soak.TopicFiles;
import io.wadi.testing.OwnElasticsearch;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.admin.Admin;

/**
 * Starts the subjects in turn on running servers, and sends requests to each from the beginning until the first
 * receipt.
 */
final class StartBench {
    /** A topic that Wadi declares itself. */
    private static final String TOPIC = "select-color";

    private static final int OK = 200;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);
    private static final long IDLE_SECONDS = 10;

    private final BenchHome home;
    private final StartOptions options;
    private final HttpClient http = HttpClient.newHttpClient();

    StartBench(Path project, StartOptions options) {
        this.home = new BenchHome(project, "start");
        this.options = options;
    }

    /** The servers, which run before a subject is started. */
    private record Servers(BenchServers kafkaAndHdfs, OwnElasticsearch elasticsearch, Admin admin, FileSystem hdfs) {
        String brokers() {
            return kafkaAndHdfs.brokers();
        }

        /** Waits until all of Kafka's records are in visible files. */
        boolean haveLanded() throws IOException, InterruptedException {
            try {
                long there = BenchTopic.ends(admin, TOPIC).values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                return there
                        == TopicFiles.coveredOffsets(hdfs, "/data", TOPIC).values().stream()
                                .mapToLong(Long::longValue)
                                .sum();
            } catch (ExecutionException e) {
                throw new IOException("Cannot read the end offsets of " + TOPIC, e);
            }
        }
    }

    /** Measures, prints a table and writes target/bench/start.json. */
    void run() throws Exception {
        home.clean();
        Files.createDirectories(configuration(StartSubject.WADI));
        home.copyConfiguration(IntakeTarget.shipped(home), configuration(StartSubject.INTAKE));
        System.out.println("Starting Kafka, HDFS and Elasticsearch");
        Path directory = home.work().resolve("servers");
        try (BenchServers kafkaAndHdfs = BenchServers.kafkaAndHdfs(directory);
                OwnElasticsearch elasticsearch = OwnElasticsearch.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", kafkaAndHdfs.brokers()));
                FileSystem hdfs = FileSystem.newInstance(URI.create(kafkaAndHdfs.hdfs()), new Configuration())) {
            measure(new Servers(kafkaAndHdfs, elasticsearch, admin, hdfs));
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    /** Returns the configuration directory, which is empty for Wadi with all routes: everything comes from the jar. */
    private Path configuration(StartSubject subject) {
        return home.work().resolve("config").resolve(subject.program());
    }

    private Path archive(StartSubject subject) {
        return home.work().resolve(subject.program() + ".jsa");
    }

    private void measure(Servers servers) throws Exception {
        rehearse(servers);
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, List<StartRound>> rounds = new LinkedHashMap<>();
        options.subjects().forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        List<StartSubject> order = new ArrayList<>(options.subjects());
        for (int number = 1; number <= options.rounds(); number++) {
            for (StartSubject each : order) {
                StartRound round = round(servers, each, "%s-%d".formatted(each.label(), number));
                rounds.get(each.label()).add(round);
                System.out.printf(
                        Locale.ROOT,
                        "  %-14s receipt after %,.0f ms, CPU %,.0f ms%n",
                        each.label() + "-" + number,
                        round.receiptMillis(),
                        round.cpuSeconds() * 1e3);
            }
            // Rotates, so that no subject is always first.
            Collections.rotate(order, 1);
        }
        FigureReport report = new FigureReport("start", home.commit(), StartSubject.CAMEL.label());
        System.out.print(report.add("to the first receipt", rounds, StartRound.FIGURES, load));
        report.write(home.project().resolve(home.result()));
    }

    /**
     * Starts each program once, which creates its topics and its class data archive. Wadi is first, since it declares
     * the topic.
     */
    private void rehearse(Servers servers) throws Exception {
        for (StartSubject each : StartSubject.values()) {
            boolean isMeasured = options.subjects().stream()
                    .anyMatch(subject -> subject.program().equals(each.program()));
            if (each == StartSubject.WADI || (each.hasArchive() && isMeasured)) {
                System.out.println("Creating the class data archive of " + each.label());
                String round = each.label() + "-rehearsal";
                int port = Ports.free();
                try (ServerProcess process =
                        start(servers, each, round, "-XX:ArchiveClassesAtExit=" + archive(each), port)) {
                    await(process, receipt(port));
                    if (each.isLanding()) {
                        await(process, servers::haveLanded);
                    }
                    process.stop();
                }
            }
        }
    }

    private StartRound round(Servers servers, StartSubject subject, String round) throws Exception {
        String flag = subject.hasArchive() ? "-XX:SharedArchiveFile=" + archive(subject) : "-Xshare:auto";
        int port = Ports.free();
        long begin = System.nanoTime();
        try (ServerProcess process = start(servers, subject, round, flag, port)) {
            await(process, receipt(port));
            double receiptMillis = millisSince(begin);
            ServerProcess.Mark spent = process.mark();
            double landedMillis = Double.NaN;
            if (subject.isLanding()) {
                await(process, servers::haveLanded);
                landedMillis = millisSince(begin);
            }
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            double residentMib = process.residentMib();
            process.stop();
            return new StartRound(
                    receiptMillis,
                    landedMillis,
                    spent.cpu().toNanos() / 1e9,
                    spent.compilers().toNanos() / 1e9,
                    residentMib);
        }
    }

    private ServerProcess start(Servers servers, StartSubject subject, String round, String flag, int port)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(flag));
        String listening = Integer.toString(port);
        arguments.addAll(
                switch (subject.program()) {
                    case "camel" -> main("camel", "io.wadi.bench.camel.CamelIntake", servers.brokers(), listening);
                    case "spring" -> main("spring", "io.wadi.bench.spring.SpringIntake", servers.brokers(), listening);
                    default ->
                        List.of(
                                "-jar",
                                home.jar().toString(),
                                "--config",
                                configuration(subject).toString());
                });
        return ServerProcess.start(
                home,
                round,
                arguments,
                Map.of(
                        "WADI_KAFKA_BROKERS", servers.brokers(),
                        "WADI_HDFS_URI", servers.kafkaAndHdfs().hdfs(),
                        "WADI_ELASTICSEARCH_HOSTS", servers.elasticsearch().hosts(),
                        "WADI_HTTP_PORT", listening,
                        "WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                        "WADI_LANDING_REPLICATION", "1",
                        // So that the measured time is that of the start, not that of filling a file.
                        "WADI_LANDING_ROLL_RECORDS", "1"));
    }

    /** Returns a command with jars only, since class data archives do not support classes in directories. */
    private List<String> main(String module, String main, String... arguments) throws IOException {
        Path built = home.project().resolve("target/bench/subjects").resolve(module);
        String libraries = Files.readString(built.resolve("class.path")).strip();
        List<String> command = new ArrayList<>(
                List.of("-cp", built.resolve(module + "-0.2.0.jar") + File.pathSeparator + libraries, main));
        command.addAll(List.of(arguments));
        return command;
    }

    private ServerProcess.Attempt receipt(int port) {
        HttpRequest event = HttpRequest.newBuilder(URI.create("http://localhost:%d/events/%s".formatted(port, TOPIC)))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofByteArray(Requests.events().get(0)))
                .build();
        return () -> {
            try {
                return http.send(event, HttpResponse.BodyHandlers.discarding()).statusCode() == OK;
            } catch (IOException notThereYet) {
                return false;
            }
        };
    }

    private static void await(ServerProcess process, ServerProcess.Attempt attempt)
            throws IOException, InterruptedException {
        process.await(attempt, POLL_INTERVAL);
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}
