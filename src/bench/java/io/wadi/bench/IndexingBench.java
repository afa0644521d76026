package io.wadi.bench;

import io.wadi.local.Ports;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.OwnElasticsearch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures subjects that index the same topic in turn, each round with its own JVM, group and index. */
final class IndexingBench {
    private static final String INDEX = """
            {"settings":{"number_of_shards":1,"number_of_replicas":0},
             "mappings":{"properties":{"partition":{"type":"integer"},"sequence":{"type":"keyword"},
              "userAgent":{"type":"keyword"},"colorName":{"type":"keyword"},"userName":{"type":"keyword","index":false}}}}
            """;

    private final BenchHome home;
    private final IndexingOptions options;

    IndexingBench(Path project, IndexingOptions options) {
        this.home = new BenchHome(project, "indexing");
        this.options = options;
    }

    /** The servers of the subjects. */
    private record Servers(BenchServers kafka, OwnElasticsearch elasticsearch) {

        /** Returns the ids of the processes with CPU time that is measured besides the subject's. */
        String pids() {
            return Stream.concat(kafka.processes(), elasticsearch.processes())
                    .map(process -> Long.toString(process.pid()))
                    .collect(Collectors.joining(","));
        }

        ElasticsearchProbe probe() {
            return new ElasticsearchProbe(elasticsearch.url());
        }
    }

    /** Measures, prints a table and writes target/bench/indexing.json. */
    void run() throws Exception {
        home.clean();
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/indexing.camel.yaml"), configuration());
        System.out.println("Starting Kafka and Elasticsearch");
        Path directory = home.work().resolve("servers");
        try (BenchServers kafka = BenchServers.kafka(directory, BenchServers.AWAIT_MEMBERS);
                OwnElasticsearch elasticsearch = OwnElasticsearch.start()) {
            measure(new Servers(kafka, elasticsearch));
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private void measure(Servers servers) throws Exception {
        fill(new Prefill(servers.kafka().brokers()));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, List<DocumentsRound>> rounds = new LinkedHashMap<>();
        options.subjects().forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        List<IndexingSubject> order = new ArrayList<>(options.subjects());
        for (int number = 1; number <= options.rounds(); number++) {
            for (IndexingSubject each : order) {
                String name = "bench-%s-%d".formatted(each.label(), number);
                DocumentsRound round = round(servers, each, name);
                rounds.get(each.label()).add(round);
                System.out.printf(
                        Locale.ROOT,
                        "  %-14s %,9d documents/s, CPU %.2f s of %.2f s%n",
                        name,
                        Math.round(round.rate()),
                        round.cpuSeconds(),
                        round.cpuSeconds() + round.serversCpuSeconds());
            }
            // Rotates, so that no subject is always first or always follows the deletions of the same one.
            Collections.rotate(order, 1);
        }
        FigureReport report = new FigureReport("indexing", home.commit());
        System.out.print(report.add(options.full().name(), rounds, DocumentsRound.FIGURES, load));
        report.write(home.project().resolve(home.result()));
    }

    private void fill(Prefill prefill) throws Exception {
        for (IndexingSubject each : options.subjects()) {
            prefill.fill(each.share(options.full()));
            prefill.fill(warmUp(each.share(options.full())));
        }
    }

    /**
     * Returns the warm-up: another topic, so that the measured one is new to the process, with twice the volume, after
     * which the JVM has compiled most of the code.
     */
    private static LandingCase warmUp(LandingCase measured) {
        return LandingCase.of(measured.records() * 2, measured.valueBytes());
    }

    private DocumentsRound round(Servers servers, IndexingSubject subject, String name) throws Exception {
        LandingCase indexed = subject.share(options.full());
        LandingCase warmUp = warmUp(indexed);
        Properties job = new Properties();
        job.setProperty("brokers", servers.kafka().brokers());
        job.setProperty("elasticsearch", servers.elasticsearch().hosts());
        job.setProperty("servers", servers.pids());
        job.setProperty("partitions", Integer.toString(LandingCase.PARTITIONS));
        job.setProperty("value-bytes", Integer.toString(indexed.valueBytes()));
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("parallelism", Integer.toString(subject.parallelism()));
        job.setProperty("wadi-config", configuration().toString());
        describe(job, "warm-up.", warmUp, name + "-warm-up");
        describe(job, "", indexed, name);
        ElasticsearchProbe probe = servers.probe();
        probe.request("PUT", "/" + name + "-warm-up", INDEX);
        probe.request("PUT", "/" + name, INDEX);
        Properties result = SubjectProcess.run(home, name, home.classPath("own", jar(subject)), subject.main(), job);
        probe.request("DELETE", "/" + name + "-warm-up", "");
        checkAndDelete(probe, name, indexed);
        return DocumentsRound.of(indexed.records(), result);
    }

    private static void describe(Properties job, String prefix, LandingCase indexed, String name) {
        job.setProperty(prefix + "topic", indexed.topic());
        job.setProperty(prefix + "records", Long.toString(indexed.records()));
        job.setProperty(prefix + "roll-records", Integer.toString(indexed.rollRecords()));
        job.setProperty(prefix + "group", name);
        job.setProperty(prefix + "directory", name);
    }

    /** Checks that every record is one document with its own id, and deletes the index. */
    private static void checkAndDelete(ElasticsearchProbe probe, String index, LandingCase landingCase)
            throws IOException, InterruptedException {
        List<String> found = probe.ids(index);
        Set<String> missing = new HashSet<>();
        for (int partition = 0; partition < LandingCase.PARTITIONS; partition++) {
            for (long offset = 0; offset < landingCase.recordsAPartition(); offset++) {
                missing.add(landingCase.topic() + "+" + partition + "+" + offset);
            }
        }
        found.forEach(missing::remove);
        if (!missing.isEmpty() || found.size() != landingCase.records()) {
            throw new IOException("%s: of %,d records %,d have no document; the index has %,d documents"
                    .formatted(index, landingCase.records(), missing.size(), found.size()));
        }
        probe.request("DELETE", "/" + index, "");
    }

    private Path jar(IndexingSubject subject) throws IOException {
        return subject == IndexingSubject.OTHER ? BenchHome.otherJar(options.otherJar()) : home.jar();
    }
}
