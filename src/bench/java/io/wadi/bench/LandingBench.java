package io.wadi.bench;

import io.wadi.local.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;

/** Measures subjects that land the same topics in turn, each round with its own JVM, group and directory. */
final class LandingBench {
    /** Volume after which the JVM has also compiled the code that is executed once per poll. */
    private static final long WARM_UP_BYTES = 1_600_000_000;

    private final BenchHome home;
    private final LandingOptions options;

    LandingBench(Path project, LandingOptions options) {
        this.home = new BenchHome(project, "landing");
        this.options = options;
    }

    /** Measures all cases, prints a table for each and writes target/bench/landing.json. */
    void run() throws Exception {
        home.clean();
        // Wadi's shipped configuration, with one route.
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/landing.camel.yaml"), configuration());
        LandingReport report = new LandingReport(home.commit());
        System.out.println("Starting Kafka and HDFS");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafkaAndHdfs(directory, BenchServers.AWAIT_MEMBERS)) {
            Prefill prefill = new Prefill(servers.brokers());
            for (LandingCase each : options.cases()) {
                double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
                System.out.print(report.add(each, measure(servers, prefill, each), load));
                report.write(home.project().resolve(home.result()));
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private Map<Contestant, List<Round>> measure(BenchServers servers, Prefill prefill, LandingCase full)
            throws Exception {
        for (Contestant each : options.subjects()) {
            fill(prefill, each.share(full));
            fill(prefill, warmUp(each.share(full)));
        }
        Map<Contestant, List<Round>> rounds = new EnumMap<>(Contestant.class);
        List<Contestant> order = new ArrayList<>(options.subjects());
        for (int number = 1; number <= options.rounds(); number++) {
            for (Contestant each : order) {
                Round round = round(servers, prefill, each, full, number);
                rounds.computeIfAbsent(each, subject -> new ArrayList<>()).add(round);
                System.out.printf(
                        Locale.ROOT,
                        "  round %d  %-8s %,9d records/s  %6.2f s  CPU %6.2f s  heap %3.0f MiB  %d files%n",
                        number,
                        each.label(),
                        Math.round(round.rate()),
                        round.seconds(),
                        round.cpuSeconds(),
                        round.peakHeapMib(),
                        round.files());
            }
            // Rotates, so that no subject is always first or always follows the deletions of the same one.
            Collections.rotate(order, 1);
        }
        return rounds;
    }

    private static void fill(Prefill prefill, LandingCase landingCase) throws ExecutionException, InterruptedException {
        long begin = System.nanoTime();
        prefill.fill(landingCase);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (seconds > 0.1) {
            System.out.printf(Locale.ROOT, "Filled %s in %.1f s%n", landingCase.topic(), seconds);
        }
    }

    /**
     * Returns the warm-up: another topic, so that the measured one is new to the process, with at most four times the
     * volume.
     */
    private static LandingCase warmUp(LandingCase measured) {
        return LandingCase.of(
                Math.min(WARM_UP_BYTES / measured.valueBytes(), measured.records() * 4), measured.valueBytes());
    }

    private Round round(BenchServers servers, Prefill prefill, Contestant subject, LandingCase full, int number)
            throws Exception {
        LandingCase landed = subject.share(full);
        LandingCase warmUp = warmUp(landed);
        String name = "%s-%s-%d".formatted(landed.topic(), subject.label(), number);
        Properties job = new Properties();
        job.setProperty("parallelism", Integer.toString(subject.parallelism()));
        job.setProperty("brokers", servers.brokers());
        job.setProperty("hdfs", servers.hdfs());
        job.setProperty("partitions", Integer.toString(LandingCase.PARTITIONS));
        job.setProperty("value-bytes", Integer.toString(landed.valueBytes()));
        job.setProperty("http-port", Integer.toString(Ports.free()));
        job.setProperty("management-port", Integer.toString(Ports.free()));
        job.setProperty("observed", Boolean.toString(subject != Contestant.UNOBSERVED));
        job.setProperty("wadi-config", configuration().toString());
        describe(job, "warm-up.", warmUp, name + "-warm-up");
        describe(job, "", landed, name);
        Properties result =
                SubjectProcess.run(home, name, home.classPath(subject.module(), jar(subject)), subject.main(), job);
        LandedCheck.checkAndDelete(servers.hdfs(), "/bench/" + name + "-warm-up", warmUp, prefill.fill(warmUp));
        int files = LandedCheck.checkAndDelete(servers.hdfs(), "/bench/" + name, landed, prefill.fill(landed));
        if (subject.makesWholeFiles() && files != landed.files()) {
            throw new IOException("%s made %d files, not %d".formatted(name, files, landed.files()));
        }
        return Round.of(landed, result, files);
    }

    private static void describe(Properties job, String prefix, LandingCase landed, String name) {
        job.setProperty(prefix + "topic", landed.topic());
        job.setProperty(prefix + "records", Long.toString(landed.records()));
        job.setProperty(prefix + "roll-records", Integer.toString(landed.rollRecords()));
        job.setProperty(prefix + "group", name);
        job.setProperty(prefix + "directory", "/bench/" + name);
    }

    private Path jar(Contestant subject) throws IOException {
        return subject == Contestant.OTHER ? BenchHome.otherJar(options.otherJar()) : home.jar();
    }
}
