package io.wadi.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * The cost of scoring the payments of a prefilled topic, from the commit of the warm-up until the commit of all
 * payments. It is measured from outside, by the group's committed offsets.
 *
 * @param payments the payments scored in that time
 * @param seconds that time
 * @param cpuSeconds CPU time of Wadi's process in that time, without its JIT compilers
 * @param compilersSeconds CPU time of its JIT compilers
 * @param peakHeapMib maximum heap in use after a garbage collection
 */
record CardsThroughput(long payments, double seconds, double cpuSeconds, double compilersSeconds, double peakHeapMib) {
    private static final Duration LONGEST_ROUND = Duration.ofMinutes(15);
    private static final int LOOK_EVERY_MS = 50;
    private static final String MAIN = "io.wadi.bench.subject.CardsWadiSubject";

    static final List<Figure<CardsThroughput>> FIGURES = List.of(
            Figure.of("payments_per_cpu_s", "pay/s a core", round -> round.payments / round.cpuSeconds),
            Figure.of("cpu_us_per_payment", "CPU us/pay", round -> round.micros(round.cpuSeconds)),
            Figure.of("compilers_cpu_us_per_payment", "compilers'", round -> round.micros(round.compilersSeconds)),
            Figure.of("payments_per_s", "payments/s", round -> round.payments / round.seconds),
            Figure.of("peak_heap_mib", "heap MiB", CardsThroughput::peakHeapMib));

    private double micros(double ofSeconds) {
        return ofSeconds * 1e6 / payments;
    }

    /**
     * Measures one round.
     *
     * @param warmUp the number of payments that are scored before the measurement begins
     * @param all the number of records in the job's topic
     */
    static CardsThroughput measure(BenchHome home, String round, Properties job, long warmUp, long all)
            throws Exception {
        Path file = home.ofRound(round, ".job");
        try (OutputStream out = Files.newOutputStream(file)) {
            job.store(out, round);
        }
        List<String> command = List.of("-cp", home.classPath("own", home.jar()), MAIN, file.toString());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", job.getProperty("brokers")));
                ServerProcess process = ServerProcess.start(home, round, command, Map.of())) {
            long deadline = System.nanoTime() + LONGEST_ROUND.toNanos();
            long before = await(admin, job, warmUp, deadline);
            long begin = System.nanoTime();
            ServerProcess.Mark mark = process.mark();
            await(admin, job, all, deadline);
            double seconds = (System.nanoTime() - begin) / 1e9;
            ServerProcess.Spent spent = process.since(mark);
            return new CardsThroughput(
                    all - before,
                    seconds,
                    spent.cpuSeconds() - spent.compilersSeconds(),
                    spent.compilersSeconds(),
                    spent.peakHeapMib());
        }
    }

    /** Waits until enough payments are committed; returns their number. */
    private static long await(Admin admin, Properties job, long enough, long deadline) throws Exception {
        long found = committed(admin, job);
        while (found < enough) {
            if (System.nanoTime() > deadline) {
                throw new IOException("%s: %,d of %,d payments were judged within %s"
                        .formatted(job.getProperty("group"), found, enough, LONGEST_ROUND));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            found = committed(admin, job);
        }
        return found;
    }

    private static long committed(Admin admin, Properties job) throws ExecutionException, InterruptedException {
        return admin
                .listConsumerGroupOffsets(job.getProperty("group"))
                .partitionsToOffsetAndMetadata()
                .get()
                .values()
                .stream()
                .mapToLong(each -> each.offset())
                .sum();
    }
}
