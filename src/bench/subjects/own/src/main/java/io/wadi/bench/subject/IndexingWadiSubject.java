package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Path;
import java.util.Map;

/** Wadi as shipped, with the indexing route only. */
public final class IndexingWadiSubject implements Subject {

    @Override
    public void land(Job job) throws Exception {
        Map<String, String> properties = Map.ofEntries(
                Map.entry("wadi.kafka.brokers", job.brokers()),
                Map.entry("wadi.elasticsearch.hosts", job.setting("elasticsearch")),
                Map.entry("wadi.http.port", job.setting("http-port")),
                Map.entry("wadi.management.port", job.setting("management-port")),
                Map.entry("wadi.indexing.topic", job.topic()),
                Map.entry("wadi.indexing.index", job.directory()),
                Map.entry("wadi.indexing.group", job.group()),
                Map.entry("wadi.indexing.consumers", job.setting("parallelism")),
                Map.entry("camel.component.kafka.interceptor-classes", Probe.class.getName()));
        try (Wadi wadi = new Wadi(Path.of(job.setting("wadi-config")), properties)) {
            wadi.start();
            Probe.awaitFinished();
        }
    }
}
