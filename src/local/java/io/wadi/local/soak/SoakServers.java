package io.wadi.local.soak;

import io.wadi.local.HdfsProcess;
import io.wadi.local.KafkaProcess;
import io.wadi.local.LocalElasticsearch;
import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kafka, HDFS and Elasticsearch of a run, each in its own process with its own ports. */
final class SoakServers implements AutoCloseable {
    private final KafkaProcess kafka;
    private final HdfsProcess hdfs;
    private final LocalElasticsearch elasticsearch;

    private SoakServers(KafkaProcess kafka, HdfsProcess hdfs, LocalElasticsearch elasticsearch) {
        this.kafka = kafka;
        this.hdfs = hdfs;
        this.elasticsearch = elasticsearch;
    }

    /** Starts the servers; returns when all are ready. */
    static SoakServers start(Path data, Path logs, Path distribution) throws IOException {
        LocalElasticsearch elasticsearch = new LocalElasticsearch(
                distribution, data.resolve("elasticsearch"), logs.resolve("elasticsearch.log"), Ports.free());
        KafkaProcess kafka = null;
        HdfsProcess hdfs = null;
        try {
            elasticsearch.start();
            kafka = KafkaProcess.start(Files.createDirectories(data.resolve("kafka")));
            hdfs = HdfsProcess.start(Files.createDirectories(data.resolve("hdfs")));
            return new SoakServers(kafka, hdfs, elasticsearch);
        } finally {
            if (hdfs == null) {
                elasticsearch.stop();
                if (kafka != null) {
                    kafka.close();
                }
            }
        }
    }

    KafkaProcess kafka() {
        return kafka;
    }

    HdfsProcess hdfs() {
        return hdfs;
    }

    LocalElasticsearch elasticsearch() {
        return elasticsearch;
    }

    @Override
    public void close() {
        elasticsearch.stop();
        hdfs.close();
        kafka.close();
    }
}
