package io.wadi.bench.connect;

import io.wadi.bench.subject.Job;
import io.wadi.bench.subject.Probe;
import io.wadi.bench.subject.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.converters.ByteArrayConverter;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.standalone.StandaloneHerder;

/** Kafka Connect's standalone worker, as its own command starts it, with one task of {@link HdfsConnector}. */
public final class ConnectSubject implements Subject {

    @Override
    public void land(Job job) throws Exception {
        Connect<StandaloneHerder> connect = new ConnectStandalone().startConnect(worker(job));
        try {
            CompletableFuture<Void> created = new CompletableFuture<>();
            connect.herder().putConnectorConfig(job.group(), connector(job), false, (error, result) -> {
                if (error == null) {
                    created.complete(null);
                } else {
                    created.completeExceptionally(error);
                }
            });
            created.get();
            Probe.awaitFinished();
        } finally {
            connect.stop();
            connect.awaitStop();
        }
    }

    private static Map<String, String> worker(Job job) throws Exception {
        return Map.of(
                "bootstrap.servers",
                job.brokers(),
                "key.converter",
                ByteArrayConverter.class.getName(),
                "value.converter",
                ByteArrayConverter.class.getName(),
                "offset.storage.file.filename",
                Files.createTempFile(Path.of("."), "connect", ".offsets").toString(),
                // A commit that a task requests during another one waits for this interval, which is 60 s by default.
                "offset.flush.interval.ms",
                "100",
                "listeners",
                "http://localhost:" + job.setting("http-port"),
                "plugin.discovery",
                "service_load");
    }

    private static Map<String, String> connector(Job job) {
        Map<String, String> connector = new HashMap<>();
        connector.put("name", job.group());
        connector.put("connector.class", HdfsConnector.class.getName());
        connector.put("tasks.max", "1");
        connector.put("topics", job.topic());
        connector.put(HdfsConnector.HDFS, job.hdfs());
        connector.put(HdfsConnector.DIRECTORY, job.directory());
        connector.put(HdfsConnector.ROLL_RECORDS, Integer.toString(job.rollRecords()));
        job.fetching().forEach((name, value) -> connector.put("consumer.override." + name, value));
        connector.put("consumer.override." + ConsumerConfig.GROUP_ID_CONFIG, job.group());
        return connector;
    }
}
