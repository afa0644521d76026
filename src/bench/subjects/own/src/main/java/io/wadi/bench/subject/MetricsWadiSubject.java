package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Wadi as shipped, with the route of server metrics and, optionally, the alert rules, and with the settings
 * {@code wadi.*} of the job.
 */
public final class MetricsWadiSubject extends RoutingSubject {

    /** Returns whether the rules of alerts.yaml are evaluated for the routed documents. */
    static boolean evaluatesRules(Job job) {
        return job.settings().containsKey("wadi.alerts.enabled");
    }

    /** Returns the group that evaluates them. */
    static String rulesGroup(Job job) {
        return job.group() + "-rules";
    }

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
        if (evaluatesRules(job)) {
            properties.put("wadi.alerts.topics", cpu(job) + "," + memory(job));
            properties.put("wadi.alerts.topic", job.directory() + ".alerts");
            properties.put("wadi.alerts.application", rulesGroup(job));
            properties.put(
                    "wadi.streams.state-directory",
                    Files.createTempDirectory(Path.of("."), "streams").toString());
        }
        Wadi wadi = new Wadi(Path.of(job.setting("wadi-config")), properties);
        wadi.start();
        return wadi;
    }
}
