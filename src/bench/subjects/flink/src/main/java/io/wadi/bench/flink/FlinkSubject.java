package io.wadi.bench.flink;

import io.wadi.bench.subject.Job;
import io.wadi.bench.subject.Probe;
import io.wadi.bench.subject.Subject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.AbstractDeserializationSchema;
import org.apache.flink.api.common.serialization.Encoder;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.DefaultRollingPolicy;

/**
 * Flink in its local cluster: Kafka source, file sink of rows, exactly-once checkpoints. Files are rolled at the size
 * of the other subjects' files, and become visible at a checkpoint. The source ends at the topic's end, so that Flink
 * does not wait for its next checkpoint; the work ends with the job.
 */
public final class FlinkSubject implements Subject {
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(1);

    @Override
    public void land(Job job) throws Exception {
        Configuration configuration = configuration(job);
        FileSystem.initialize(configuration, null);
        StreamExecutionEnvironment flink = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        flink.fromSource(source(job), WatermarkStrategy.noWatermarks(), "kafka").sinkTo(sink(job));
        flink.execute(job.group());
        Probe.finished();
    }

    private static Configuration configuration(Job job) {
        Configuration configuration = new Configuration();
        configuration.setString("parallelism.default", job.setting("parallelism"));
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_EVERY);
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        configuration.setString("flink.hadoop.dfs.replication", "1");
        configuration.setString("flink.hadoop.dfs.client.block.write.locateFollowingBlock.initial.delay.ms", "10");
        configuration.setString("flink.hadoop.dfs.client.block.write.locateFollowingBlock.retries", "12");
        return configuration;
    }

    private static KafkaSource<byte[]> source(Job job) {
        Properties consumer = new Properties();
        consumer.putAll(job.fetching());
        return KafkaSource.<byte[]>builder()
                .setBootstrapServers(job.brokers())
                .setGroupId(job.group())
                .setTopics(job.topic())
                .setProperties(consumer)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setValueOnlyDeserializer(new Bytes())
                .build();
    }

    private static FileSink<byte[]> sink(Job job) {
        long fileBytes = (job.valueBytes() + 1L) * job.rollRecords();
        return FileSink.forRowFormat(new Path(job.hdfs() + job.directory()), new Line())
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(DefaultRollingPolicy.builder()
                        .withMaxPartSize(new MemorySize(fileBytes))
                        .withRolloverInterval(Duration.ofHours(1))
                        .withInactivityInterval(Duration.ofHours(1))
                        .build())
                .build();
    }

    /** Returns values unchanged. */
    static final class Bytes extends AbstractDeserializationSchema<byte[]> {
        private static final long serialVersionUID = 1;

        @Override
        public byte[] deserialize(byte[] message) {
            return message;
        }
    }

    /** Writes one value per line. */
    static final class Line implements Encoder<byte[]> {
        private static final long serialVersionUID = 1;

        @Override
        public void encode(byte[] value, OutputStream out) throws IOException {
            out.write(value, 0, value.length);
            out.write('\n');
        }
    }
}
