package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Wadi as shipped, with the route of server metrics alone, and what the job sets of {@code wadi.}'s settings. */
public final class MetricsWadiSubject extends RoutingSubject {

    @Override
    public AutoCloseable start(Job job) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(
                "wadi.kafka.brokers", job.brokers(),
                "wadi.http.port", job.setting("http-port"),
                "wadi.management.port", job.setting("management-port"),
                "wadi.metrics.topic", job.topic(),
                "wadi.metrics.group", job.group(),
                "wadi.metrics.cpu-topic", cpu(job),
                "wadi.metrics.memory-topic", memory(job),
                "wadi.metrics.cpu-alert-topic", cpuAlert(job),
                "wadi.metrics.memory-alert-topic", memoryAlert(job),
                "camel.component.kafka.interceptor-classes", RoutingProbe.class.getName()));
        job.settings().forEach((name, value) -> {
            if (name.startsWith("wadi.")) {
                properties.put(name, value);
            }
        });
        Wadi wadi = new Wadi(Path.of(job.setting("wadi-config")), properties);
        wadi.start();
        return wadi;
    }
}
