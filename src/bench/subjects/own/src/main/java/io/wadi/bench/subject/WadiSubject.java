package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Path;
import java.util.Map;

/** Wadi as shipped, with the landing route only, optionally without its metrics. */
public final class WadiSubject implements Subject {

    @Override
    public void land(Job job) throws Exception {
        Map<String, String> properties = Map.ofEntries(
                Map.entry("wadi.kafka.brokers", job.brokers()),
                Map.entry("wadi.hdfs.uri", job.hdfs()),
                Map.entry("wadi.http.port", job.setting("http-port")),
                Map.entry("wadi.management.port", job.setting("management-port")),
                Map.entry("wadi.landing.topics", job.topic()),
                Map.entry("wadi.landing.group", job.group()),
                Map.entry("wadi.landing.directory", job.directory()),
                Map.entry("wadi.landing.roll-records", Integer.toString(job.rollRecords())),
                Map.entry("wadi.landing.consumers", job.setting("parallelism")),
                Map.entry("wadi.landing.replication", "1"),
                Map.entry("wadi.telemetry.enabled", job.setting("observed")),
                Map.entry("camel.component.kafka.interceptor-classes", Probe.class.getName()));
        try (Wadi wadi = new Wadi(Path.of(job.setting("wadi-config")), properties)) {
            wadi.start();
            Probe.awaitFinished();
        }
    }
}
