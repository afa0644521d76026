package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.wadi.testing.KafkaProbe;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Measures subjects that copy a topic to another cluster in turn, with the shipped one-way file. Each round has its own
 * JVM and two new clusters, since MirrorMaker stores its offsets in the clusters.
 */
final class MirrorBench {
    /** With 256 MiB, a round of MirrorMaker on fast cores ended with an OutOfMemoryError. */
    private static final String HEAP = "512m";

    private static final Path SHIPPED = Path.of("docker/mirror/one-way.properties");
    /**
     * The share of the records that is the warm-up, since the JIT compilers are busy for a minute, and longer if
     * MirrorMaker copies from the beginning.
     */
    private static final int WARM_UP_SHARE = 2;

    private static final Duration LONGEST_ROUND = Duration.ofMinutes(15);
    /** Time without a new record after which the copy is complete; it is longer than a commit of MirrorMaker. */
    private static final Duration QUIET = Duration.ofSeconds(10);

    private static final long LOOK_EVERY_MS = 50;

    private final BenchHome home;
    private final MirrorOptions options;

    MirrorBench(Path project, MirrorOptions options) {
        this.home = new BenchHome(project, "mirror");
        this.options = options;
    }

    /** Measures, prints a table and writes target/bench/mirror.json. */
    void run() throws Exception {
        home.clean();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        Map<String, List<MirrorRound>> rounds = new LinkedHashMap<>();
        options.subjects().forEach(each -> rounds.put(each.label(), new ArrayList<>()));
        List<MirrorSubject> order = new ArrayList<>(options.subjects());
        for (int number = 1; number <= options.rounds(); number++) {
            for (MirrorSubject each : order) {
                String name = "%s-%d".formatted(each.label(), number);
                MirrorRound round = round(each, name);
                rounds.get(each.label()).add(round);
                System.out.printf(
                        Locale.ROOT,
                        "  %-10s %,9d records/s, CPU %.2f s%n",
                        name,
                        Math.round(round.rate()),
                        round.cpuSeconds());
            }
            // Rotates, so that no subject is always first.
            Collections.rotate(order, 1);
        }
        FigureReport report = new FigureReport("mirror", home.commit());
        System.out.print(report.add(options.full().name(), rounds, MirrorRound.FIGURES, load));
        report.write(home.project().resolve(home.result()));
        System.out.println("\nWritten: " + home.result());
    }

    private MirrorRound round(MirrorSubject subject, String name) throws Exception {
        Path directory = home.work().resolve("servers");
        try (BenchServers source = BenchServers.kafka(directory.resolve("A"));
                BenchServers target = BenchServers.kafka(directory.resolve("B"))) {
            return round(subject, name, source, target);
        } finally {
            BenchHome.delete(directory);
        }
    }

    private MirrorRound round(MirrorSubject subject, String name, BenchServers source, BenchServers target)
            throws Exception {
        new Prefill(source.brokers()).fill(options.full());
        Path data = Files.createDirectories(home.work().resolve("data").resolve(name));
        String copy = "A." + options.full().topic();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", target.brokers()));
                ServerProcess mirror = ServerProcess.start(
                        home,
                        name,
                        home.java(name, HEAP),
                        subject.arguments(file(name), data),
                        Map.of("WADI_MIRROR_A", source.brokers(), "WADI_MIRROR_B", target.brokers()))) {
            MirrorRound round = watch(copy, admin, mirror, List.of(source, target), name);
            check(target.brokers(), copy, name);
            return round;
        }
    }

    /** Returns the shipped file, restricted to the round's topic. */
    private Path file(String round) throws IOException {
        String shipped = Files.readString(home.project().resolve(SHIPPED));
        if (!shipped.contains("\ntopics = .*\n")) {
            throw new IOException(SHIPPED + " has no line \"topics = .*\"");
        }
        return Files.writeString(
                home.ofRound(round, ".properties"),
                shipped.replace(
                        "\ntopics = .*\n", "\ntopics = " + options.full().topic() + "\n"));
    }

    /** The CPU time of all processes at one time. */
    private record Moment(long nanos, long records, ServerProcess.Mark mirror, Duration servers) {}

    private MirrorRound watch(String copy, Admin target, ServerProcess mirror, List<BenchServers> servers, String name)
            throws Exception {
        long warm = options.full().records() / WARM_UP_SHARE;
        long started = System.nanoTime();
        long deadline = started + LONGEST_ROUND.toNanos();
        Moment begin = null;
        Moment last = null;
        while (last == null
                || last.records() < options.full().records()
                || System.nanoTime() - last.nanos() < QUIET.toNanos()) {
            if (System.nanoTime() > deadline) {
                throw new IOException("%s did not end within %s: %,d records are there, see %s"
                        .formatted(name, LONGEST_ROUND, records(target, copy), home.ofRound(name, ".log")));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            long records = records(target, copy);
            if (!mirror.isRunning()) {
                throw new IOException("%s has ended before everything was copied: %,d records are there, see %s"
                        .formatted(name, records, home.ofRound(name, ".log")));
            }
            if (records >= warm && (last == null || records > last.records())) {
                last = new Moment(System.nanoTime(), records, mirror.mark(), cpu(servers));
                begin = begin == null ? last : begin;
            }
        }
        double compilers =
                last.mirror().compilers().minus(begin.mirror().compilers()).toNanos() / 1e9;
        return new MirrorRound(
                copied(options.full().records(), begin.records(), last.records()),
                (last.nanos() - begin.nanos()) / 1e9,
                (last.nanos() - started) / 1e9,
                last.mirror().cpu().minus(begin.mirror().cpu()).toNanos() / 1e9 - compilers,
                compilers,
                last.servers().minus(begin.servers()).toNanos() / 1e9,
                mirror.since(begin.mirror()).peakHeapMib());
    }

    /**
     * Returns the number of records copied in an interval, from the offsets at its begin and at the end of the round,
     * which include transaction markers.
     *
     * @param all the number of records of the round
     */
    static long copied(long all, long begin, long end) {
        return Math.round(all * ((double) (end - begin) / end));
    }

    private static Duration cpu(List<BenchServers> servers) {
        return servers.stream()
                .flatMap(BenchServers::processes)
                .map(each -> each.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** Returns the number of offsets in the copy, including the transaction markers of MirrorMaker's commits. */
    private static long records(Admin admin, String topic) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new LinkedHashMap<>();
        for (int partition = 0; partition < LandingCase.PARTITIONS; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        try {
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(each -> each.offset())
                    .sum();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return 0;
            }
            throw e;
        }
    }

    /** Checks that every record is in the copy once and in order. */
    private void check(String brokers, String copy, String round) throws IOException {
        long[] next = new long[LandingCase.PARTITIONS];
        long[] wrong = {0};
        KafkaProbe.forEach(brokers, copy, found -> {
            long sequence =
                    Long.parseLong(new String(found.value(), Prefill.SEQUENCE_AT, Prefill.SEQUENCE_DIGITS, US_ASCII));
            if (sequence != next[found.partition()]) {
                wrong[0]++;
            }
            next[found.partition()] = sequence + 1;
        });
        long expected = options.full().recordsAPartition();
        if (wrong[0] > 0 || Arrays.stream(next).anyMatch(each -> each != expected)) {
            throw new IOException("%s: the copy does not have each record once and in order: %d are misplaced"
                    .formatted(round, wrong[0]));
        }
    }
}
