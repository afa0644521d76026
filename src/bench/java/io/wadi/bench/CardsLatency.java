package io.wadi.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The latency of decisions while payments arrive at a constant rate: from the time when a payment is due until a
 * read-committed consumer has its decision.
 *
 * @param millis the latency of each payment
 * @param offered payments per second
 * @param cpuMicros CPU time of Wadi's process per payment
 */
record CardsLatency(Histogram millis, double offered, double cpuMicros) {
    private static final int WARM_UP = 2;
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final String MAIN = "io.wadi.bench.subject.CardsWadiSubject";

    static final List<Figure<CardsLatency>> FIGURES = List.of(
            Figure.of("p99_ms", "p99 ms", round -> round.millis.getValueAtPercentile(99)),
            Figure.of("p50_ms", "p50 ms", round -> round.millis.getValueAtPercentile(50)),
            Figure.of("max_ms", "max ms", round -> round.millis.getMaxValue()),
            Figure.of("offered_per_s", "payments/s", CardsLatency::offered),
            Figure.of("cpu_us_per_payment", "CPU us/pay", CardsLatency::cpuMicros));

    /** Sends each payment when it is due, and records that time. */
    private static final class Load implements AutoCloseable {
        private final String topic;
        private final CardPayments payments;
        private final KafkaProducer<byte[], byte[]> producer;
        private final Map<Long, Long> due = new ConcurrentHashMap<>();
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private long next;

        Load(String brokers, String topic, CardPayments payments) {
            this.topic = topic;
            this.payments = payments;
            producer = new KafkaProducer<>(
                    Map.of(
                            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            brokers,
                            ProducerConfig.COMPRESSION_TYPE_CONFIG,
                            "lz4"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer());
        }

        void offer(long rate, Duration length) throws IOException {
            long begin = System.nanoTime();
            long beginMillis = System.currentTimeMillis();
            long all = rate * length.toMillis() / 1000;
            for (long sent = 0; sent < all; ) {
                long until = Math.min(all, (long) ((System.nanoTime() - begin) * (double) rate / 1e9) + 1);
                for (; sent < until; sent++) {
                    due.put(next, beginMillis + sent * 1000 / rate);
                    producer.send(payments.record(topic, next++), (metadata, error) -> {
                        if (error != null) {
                            failure.set(error);
                        }
                    });
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            if (failure.get() != null) {
                throw new IOException("A payment could not be sent to " + topic, failure.get());
            }
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** Measures one round; fails if a decision is missing or is a duplicate. */
    static CardsLatency measure(
            BenchHome home,
            BenchServers servers,
            CardPayments payments,
            CardsOptions options,
            String round,
            Properties job)
            throws Exception {
        Path file = home.ofRound(round, ".job");
        try (OutputStream out = Files.newOutputStream(file)) {
            job.store(out, round);
        }
        List<String> command = List.of("-cp", home.classPath("own", home.jar()), MAIN, file.toString());
        try (AlertWatch decisions = new AlertWatch(
                        servers.brokers(),
                        List.of(job.getProperty("decisions")),
                        found -> CardPayments.number(found.value()));
                Load load = new Load(servers.brokers(), job.getProperty("topic"), payments);
                ServerProcess process = ServerProcess.start(home, round, command, Map.of())) {
            process.await(() -> {
                load.offer(100, Duration.ofMillis(100));
                return decisions.found() > 0;
            });
            Duration length = Duration.ofSeconds(options.seconds());
            load.offer(options.rate(), length.multipliedBy(WARM_UP));
            ServerProcess.Mark begin = process.mark();
            long first = load.next;
            long beginNanos = System.nanoTime();
            load.offer(options.rate(), length);
            double seconds = (System.nanoTime() - beginNanos) / 1e9;
            long many = load.next - first;
            double cpu = process.since(begin).cpuSeconds();
            decisions.await(load.next);
            return new CardsLatency(
                    decisions.latencies(first, load.next, load.due::get), many / seconds, cpu * 1e6 / many);
        }
    }
}
