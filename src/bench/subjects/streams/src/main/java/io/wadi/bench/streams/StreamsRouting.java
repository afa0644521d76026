package io.wadi.bench.streams;

import io.wadi.bench.subject.Job;
import io.wadi.bench.subject.RoutingProbe;
import io.wadi.bench.subject.RoutingSubject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/**
 * A topology with the default settings of Kafka Streams, except those of {@link #settings}; exactly-once if the job
 * sets it.
 */
abstract class StreamsRouting extends RoutingSubject {

    abstract void build(StreamsBuilder builder, Job job);

    /** Returns the settings that differ from the defaults. */
    abstract Map<String, Object> settings();

    @Override
    public final AutoCloseable start(Job job) throws IOException {
        StreamsBuilder builder = new StreamsBuilder();
        build(builder, job);
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, job.group());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, job.brokers());
        settings.put(
                StreamsConfig.STATE_DIR_CONFIG,
                Files.createTempDirectory(Path.of("."), "streams").toString());
        String probe = RoutingProbe.class.getName();
        settings.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG), probe);
        settings.put(StreamsConfig.producerPrefix(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG), probe);
        if (job.settings().containsKey("exactly-once")) {
            settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        }
        settings.putAll(settings());
        KafkaStreams streams = new KafkaStreams(builder.build(), settings);
        streams.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        return streams;
    }
}
