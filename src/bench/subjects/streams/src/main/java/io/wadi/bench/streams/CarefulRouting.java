package io.wadi.bench.streams;

import io.wadi.bench.subject.Job;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Branched;
import org.apache.kafka.streams.kstream.KStream;

/**
 * A topology that parses each document once, only as far as necessary, and passes its bytes through; its producer has
 * Wadi's settings.
 */
public final class CarefulRouting extends StreamsRouting {

    @Override
    Map<String, Object> settings() {
        return Map.of(
                StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG,
                Serdes.ByteArray().getClass(),
                StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG,
                Serdes.ByteArray().getClass(),
                StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
                "lz4",
                StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                "5");
    }

    @Override
    void build(StreamsBuilder builder, Job job) {
        KStream<byte[], byte[]> metrics = builder.stream(job.topic());
        metrics.mapValues(Metric::read)
                .split()
                .branch(
                        (host, metric) -> metric.isAbout("cpu"),
                        Branched.withConsumer(cpu -> route(cpu, CPU_THRESHOLD, cpu(job), cpuAlert(job))))
                .branch(
                        (host, metric) -> metric.isAbout("memory"),
                        Branched.withConsumer(memory -> route(memory, MEMORY_THRESHOLD, memory(job), memoryAlert(job))))
                .noDefaultBranch();
    }

    private static void route(KStream<byte[], Metric> metrics, double threshold, String documents, String alerts) {
        metrics.mapValues(Metric::source).to(documents);
        metrics.filter((host, metric) -> metric.share() > threshold)
                .mapValues(Metric::alert)
                .to(alerts);
    }
}
