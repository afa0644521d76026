package io.wadi.bench;

import io.wadi.local.Ports;
import io.wadi.testing.OwnPostgres;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures subjects that write the same topic to PostgreSQL in turn, each round with its own JVM, group and table. */
final class TablesBench {
    private static final String TABLE = """
            CREATE TABLE "%s" (partition int, sequence text, "userAgent" text, "colorName" text, "userName" text,
             PRIMARY KEY (partition, sequence))""";
    private static final String ROUTE = """
            - templatedRoute:
                routeTemplateRef: topic-to-database
                routeId: measured
                parameters:
                  - {name: topic, value: "{{bench.topic}}"}
                  - {name: group, value: "{{bench.group}}"}
                  - {name: table, value: "{{bench.table}}"}
            """;

    private final BenchHome home;
    private final TablesOptions options;

    TablesBench(Path project, TablesOptions options) {
        this.home = new BenchHome(project, "tables");
        this.options = options;
    }

    /** The servers of the subjects. */
    private record Servers(BenchServers kafka, OwnPostgres database) {

        /**
         * Returns the ids of the processes whose CPU time is measured besides the subject's, without PostgreSQL's
         * process for each connection.
         */
        String pids() {
            return kafka.processes()
                    .map(process -> Long.toString(process.pid()))
                    .collect(Collectors.joining(","));
        }
    }

    /** Measures, prints a table and writes target/bench/tables.json. */
    void run() throws Exception {
        if (!OwnPostgres.isInstalled()) {
            throw new IOException(
                    "There is no PostgreSQL on this machine: install its package, such as Debian's postgresql");
        }
        home.clean();
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/topic-to-database.camel.yaml"),
                configuration());
        Files.writeString(configuration().resolve("routes").resolve("measured.camel.yaml"), ROUTE);
        System.out.println("Starting Kafka and PostgreSQL");
        Path directory = home.work().resolve("servers");
        try (BenchServers kafka = BenchServers.kafka(directory);
                OwnPostgres database = OwnPostgres.start()) {
            measure(new Servers(kafka, database));
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private void measure(Servers servers) throws Exception {
        Prefill prefill = new Prefill(servers.kafka().brokers());
        prefill.fill(options.full());
        prefill.fill(warmUp());
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, List<DocumentsRound>> rounds = new LinkedHashMap<>();
        options.subjects().forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        List<TablesSubject> order = new ArrayList<>(options.subjects());
        for (int number = 1; number <= options.rounds(); number++) {
            for (TablesSubject each : order) {
                String name = "bench-%s-%d".formatted(each.label(), number);
                DocumentsRound round = round(servers, each, name);
                rounds.get(each.label()).add(round);
                System.out.printf(
                        Locale.ROOT,
                        "  %-14s %,9d rows/s, CPU %.2f s%n",
                        name,
                        Math.round(round.rate()),
                        round.cpuSeconds());
            }
            // Rotates, so that no subject is always first.
            Collections.rotate(order, 1);
        }
        FigureReport report = new FigureReport("tables", home.commit());
        System.out.print(report.add(options.full().name(), rounds, DocumentsRound.FIGURES, load));
        report.write(home.project().resolve(home.result()));
    }

    /** Returns the warm-up: another topic, so that the measured one is new to the process. */
    private LandingCase warmUp() {
        return LandingCase.of(options.full().records() / 2, options.full().valueBytes());
    }

    private DocumentsRound round(Servers servers, TablesSubject subject, String name) throws Exception {
        Properties job = new Properties();
        job.setProperty("brokers", servers.kafka().brokers());
        job.setProperty("database", servers.database().url());
        job.setProperty("user", servers.database().user());
        job.setProperty("servers", servers.pids());
        job.setProperty("partitions", Integer.toString(LandingCase.PARTITIONS));
        job.setProperty("value-bytes", Integer.toString(options.full().valueBytes()));
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("wadi-config", configuration().toString());
        describe(job, "warm-up.", warmUp(), name + "-warm-up");
        describe(job, "", options.full(), name);
        Stream.of(name + "-warm-up", name).forEach(table -> servers.database().run(TABLE.formatted(table)));
        Properties result = SubjectProcess.run(home, name, home.classPath("own", home.jar()), subject.main(), job);
        check(servers.database(), name);
        Stream.of(name + "-warm-up", name)
                .forEach(table -> servers.database().run("DROP TABLE \"%s\"".formatted(table)));
        return DocumentsRound.of(options.full().records(), result);
    }

    private static void describe(Properties job, String prefix, LandingCase written, String name) {
        job.setProperty(prefix + "topic", written.topic());
        job.setProperty(prefix + "records", Long.toString(written.records()));
        job.setProperty(prefix + "roll-records", Integer.toString(written.rollRecords()));
        job.setProperty(prefix + "group", name);
        job.setProperty(prefix + "directory", name);
    }

    /** Checks that every record is one row. */
    private void check(OwnPostgres database, String table) throws IOException {
        String found = database.query(
                        "SELECT count(*) || ' of ' || count(DISTINCT partition) || ' to ' || max(sequence) FROM \"%s\""
                                .formatted(table))
                .get(0);
        String expected = "%d of %d to %010d"
                .formatted(
                        options.full().records(),
                        LandingCase.PARTITIONS,
                        options.full().recordsAPartition() - 1);
        if (!found.equals(expected)) {
            throw new IOException("%s has %s rows, not %s".formatted(table, found, expected));
        }
    }
}
