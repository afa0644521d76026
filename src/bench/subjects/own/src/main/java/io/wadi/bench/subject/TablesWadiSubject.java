package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Path;
import java.util.Map;

/** Wadi as shipped, with one route of the template topic-to-database. */
public final class TablesWadiSubject implements Subject {

    @Override
    public void land(Job job) throws Exception {
        Map<String, String> properties = Map.ofEntries(
                Map.entry("wadi.kafka.brokers", job.brokers()),
                Map.entry("wadi.database.url", job.setting("database")),
                Map.entry("wadi.database.user", job.setting("user")),
                Map.entry("wadi.http.port", job.setting("http-port")),
                Map.entry("wadi.management.port", job.setting("management-port")),
                Map.entry("bench.topic", job.topic()),
                Map.entry("bench.group", job.group()),
                Map.entry("bench.table", job.directory()),
                Map.entry("camel.component.kafka.interceptor-classes", Probe.class.getName()));
        try (Wadi wadi = new Wadi(Path.of(job.setting("wadi-config")), properties)) {
            wadi.start();
            Probe.awaitFinished();
        }
    }
}
