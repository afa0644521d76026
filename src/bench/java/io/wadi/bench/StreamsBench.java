package io.wadi.bench;

import io.wadi.local.Ports;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;

/**
 * Measures subjects that run the same topologies on the same topics in turn, each round with its own JVM and
 * application.
 */
final class StreamsBench {
    private static final long USERS = 50_000;
    private static final long FEW = 10_000;
    private static final double MIB = 1 << 20;

    private final BenchHome home;
    private final StreamsOptions options;
    private final FigureReport report;

    StreamsBench(Path project, StreamsOptions options) throws IOException {
        this.home = new BenchHome(project, "streams");
        this.options = options;
        this.report = new FigureReport("streams", home.commit());
    }

    /** Measures all cases, prints a table for each and writes target/bench/streams.json. */
    void run() throws Exception {
        home.clean();
        home.copyConfiguration(
                List.of("application.properties", "topics.yaml", "routes/errors.camel.yaml"), configuration());
        System.out.println("Starting Kafka");
        Path directory = home.work().resolve("servers");
        try (BenchServers servers = BenchServers.kafka(directory)) {
            for (StreamsCase each : options.cases()) {
                measure(each, servers);
            }
        }
        BenchHome.delete(directory);
        System.out.println("\nWritten: " + home.result());
    }

    private Path configuration() {
        return home.work().resolve("wadi");
    }

    private void measure(StreamsCase of, BenchServers servers) throws Exception {
        boolean isRestart = of == StreamsCase.RESTART;
        StreamsEvents measured = isRestart
                ? new StreamsEvents(options.keys(), options.keys())
                : new StreamsEvents(options.records(), USERS);
        // Another topic, so that the measured one is new to the process.
        StreamsEvents warmUp =
                isRestart ? new StreamsEvents(FEW, FEW) : new StreamsEvents(2 * options.records(), USERS);
        try (BenchTopic full = fill(of, servers, measured);
                BenchTopic before = fill(of, servers, warmUp)) {
            double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
            String title = String.format(
                    Locale.ROOT,
                    isRestart ? "%s: state of %,d keys" : "%s: %,d web events",
                    of.label(),
                    measured.records());
            System.out.printf("%n%s%n", title);
            List<StreamsSubject> order = new ArrayList<>(options.subjects().stream()
                    .filter(each -> each.takesPart(of))
                    .toList());
            Map<String, List<StreamsRound>> rounds = new LinkedHashMap<>();
            order.forEach(each -> rounds.put(each.label(), new ArrayList<>()));
            for (int number = 1; number <= options.rounds(); number++) {
                for (StreamsSubject each : order) {
                    String name = "%s-%s-%d".formatted(of.label(), each.label(), number);
                    StreamsRound round = round(of, each, name, servers, new Topics(before, full), measured);
                    rounds.get(each.label()).add(round);
                    Figure<StreamsRound> main = of.figures().get(0);
                    System.out.printf(
                            Locale.ROOT,
                            "  %-24s %,9d %s%n",
                            name,
                            Math.round(main.of().applyAsDouble(round)),
                            main.heading());
                }
                // Rotates, so that no subject is always first.
                Collections.rotate(order, 1);
            }
            System.out.print(report.add(title, rounds, of.figures(), load));
            report.write(home.project().resolve(home.result()));
        }
    }

    private static BenchTopic fill(StreamsCase of, BenchServers servers, StreamsEvents events)
            throws ExecutionException, InterruptedException {
        String topic = "events-%s-%d".formatted(of.label(), events.records());
        return BenchTopic.filled(
                servers.brokers(),
                topic,
                events.records(),
                number -> new ProducerRecord<>(
                        topic, null, events.timestamp(number), events.key(number), events.value(number)));
    }

    /** Measures one round. In the case of a restart, a second process is measured. */
    private StreamsRound round(
            StreamsCase of,
            StreamsSubject subject,
            String name,
            BenchServers servers,
            Topics topics,
            StreamsEvents events)
            throws Exception {
        String brokers = servers.brokers();
        Path state = home.work().resolve("state").resolve(name);
        try (BenchTopic warmed = BenchTopic.create(brokers, name + "-warm-up");
                BenchTopic out = BenchTopic.create(brokers, name)) {
            Properties job = new Properties();
            job.setProperty("brokers", brokers);
            job.setProperty("partitions", Integer.toString(BenchTopic.PARTITIONS));
            job.setProperty("http-port", Integer.toString(Ports.free()));
            job.setProperty("management-port", Integer.toString(Ports.free()));
            job.setProperty("wadi-config", configuration().toString());
            job.setProperty("state-directory", state.toString());
            job.setProperty("flow", of.flow());
            job.setProperty(
                    "servers",
                    servers.processes().map(each -> Long.toString(each.pid())).collect(Collectors.joining(",")));
            if (subject == StreamsSubject.ROCKSDB) {
                job.setProperty("rocksdb", "true");
            }
            if (of == StreamsCase.RESTART) {
                job.setProperty("heap", "1g");
            }
            // No application id may be a prefix of another, since the topics of Kafka Streams begin with the id.
            describe(job, "warm-up.", topics.warmUp(), warmed, "warm-up-" + name);
            describe(job, "", topics.measured(), out, name);
            Properties result = run(subject, name, job);
            if (of == StreamsCase.RESTART) {
                if (!GroupProbe.members(brokers, name).isEmpty()) {
                    throw new IOException(
                            name + " has not left its group: the restart would wait for its session timeout");
                }
                describe(job, "warm-up.", topics.warmUp(), warmed, "again-" + name);
                job.setProperty("restart", "true");
                result = run(subject, name + "-again", job);
            }
            StreamsEvents.Check check = events.check(of);
            KafkaProbe.forEach(brokers, name, found -> check.accept(found.key(), found.value()));
            check.finish(name);
            return StreamsRound.of(events.records(), result, stateMib(brokers, name));
        } finally {
            BenchHome.delete(state);
        }
    }

    private Properties run(StreamsSubject subject, String round, Properties job) throws IOException {
        return SubjectProcess.run(home, round, home.classPath(subject.module(), home.jar()), subject.main(), job);
    }

    private static void describe(Properties job, String prefix, BenchTopic in, BenchTopic out, String application)
            throws IOException {
        job.setProperty(prefix + "topic", in.name());
        job.setProperty(prefix + "records", Long.toString(in.records()));
        job.setProperty(prefix + "group", application);
        job.setProperty(prefix + "directory", out.name());
        job.setProperty(prefix + "restart", "false");
    }

    /** Returns the size of an application's state in Kafka; NaN if there is none. */
    private static double stateMib(String brokers, String application) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            Collection<Integer> nodes =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            long bytes = admin.describeLogDirs(nodes).allDescriptions().get().values().stream()
                    .flatMap(directories -> directories.values().stream())
                    .flatMap(directory -> directory.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().startsWith(application + "-")
                            && replica.getKey().topic().endsWith("-changelog"))
                    .mapToLong(replica -> replica.getValue().size())
                    .sum();
            return bytes == 0 ? Double.NaN : bytes / MIB;
        }
    }

    /** The input of all rounds of a case. */
    private record Topics(BenchTopic warmUp, BenchTopic measured) {}
}
