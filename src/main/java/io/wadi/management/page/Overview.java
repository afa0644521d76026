package io.wadi.management.page;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.topics.EndpointTopics;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;

/**
 * The current state of this process: its routes with their metrics, some of its meters, and its health checks. It
 * sends no requests to servers. Thread-safe.
 */
public record Overview(
        ModelCamelContext context, Supplier<Map<String, Map<String, Long>>> metrics, MeterRegistry registry) {
    /** The meters that are shown, each with the tag by which its values are grouped. */
    private static final Map<String, String> METERS = Map.of(
            "wadi.ingest.events", "outcome",
            "wadi.ingest.rejections", "reason",
            "wadi.ingest.inflight.requests", "",
            "wadi.dead.letters", "",
            "wadi.alerts.active", "rule");

    /**
     * A route.
     *
     * @param state Camel's state, such as {@code Started}
     * @param from the scheme of its input, such as {@code kafka}
     * @param to the schemes of the endpoints that it sends to
     * @param group its consumer group; empty if it has none
     * @param topics the topics that it reads, or the regular expression of their names
     * @param metrics the aggregated metrics of its assigned partitions, by name
     */
    public record RouteNow(
            String state,
            String from,
            Set<String> to,
            String group,
            List<String> topics,
            String description,
            Map<String, Long> metrics) {}

    /**
     * The result of a health check.
     *
     * @param details such as {@code since} and {@code next}
     */
    public record CheckNow(String id, boolean up, String message, Map<String, Object> details) {}

    /**
     * Returns {@code time}, {@code started}, {@code routes}, {@code meters} and {@code health}, serializable as JSON.
     */
    public Map<String, Object> now() {
        Map<String, Object> now = new LinkedHashMap<>();
        now.put("time", System.currentTimeMillis());
        now.put("started", ManagementFactory.getRuntimeMXBean().getStartTime());
        now.put("routes", routes());
        now.put("meters", meters());
        now.put("health", health());
        return now;
    }

    private Map<String, RouteNow> routes() {
        Map<String, Map<String, Long>> known = metrics.get();
        Map<String, RouteNow> shown = new TreeMap<>();
        for (Route route : context.getRoutes()) {
            String id = route.getRouteId();
            String from = scheme(route.getEndpoint().getEndpointUri());
            if (!"management".equals(from)) {
                EndpointTopics read = EndpointTopics.of(route.getEndpoint());
                ServiceStatus state = context.getRouteController().getRouteStatus(id);
                shown.put(
                        id,
                        new RouteNow(
                                state == null ? "" : state.name(),
                                from,
                                sentTo(id),
                                read.group(),
                                read.pattern().isEmpty() ? read.names() : List.of(read.pattern()),
                                route.getDescription(),
                                known.getOrDefault(id, Map.of())));
            }
        }
        return shown;
    }

    private Set<String> sentTo(String route) {
        Set<String> schemes = new TreeSet<>();
        RouteDefinition definition = context.getRouteDefinition(route);
        if (definition != null) {
            ProcessorDefinitionHelper.filterTypeInOutputs(definition.getOutputs(), SendDefinition.class)
                    .forEach(step -> schemes.add(scheme(step.getEndpointUri())));
            ProcessorDefinitionHelper.filterTypeInOutputs(definition.getOutputs(), ToDynamicDefinition.class)
                    .forEach(step -> schemes.add(scheme(step.getUri())));
        }
        return schemes;
    }

    private static String scheme(String uri) {
        return uri.substring(0, Math.max(0, uri.indexOf(':')));
    }

    private Map<String, Map<String, Double>> meters() {
        Map<String, Map<String, Double>> shown = new TreeMap<>();
        METERS.forEach((name, tag) -> {
            Map<String, Double> values = new TreeMap<>();
            for (Meter meter : registry.find(name).meters()) {
                String value = tag.isEmpty() ? null : meter.getId().getTag(tag);
                for (Measurement measured : meter.measure()) {
                    values.merge(value == null ? "" : value, measured.getValue(), Double::sum);
                }
            }
            shown.put(name, values);
        });
        return shown;
    }

    /** Returns the results of the health checks, failed checks first. */
    private List<CheckNow> health() {
        List<CheckNow> shown = new ArrayList<>();
        for (HealthCheck.Result result : HealthCheckHelper.invoke(context, "full")) {
            boolean up = result.getState() == HealthCheck.State.UP;
            shown.add(new CheckNow(
                    result.getCheck().getId(), up, result.getMessage().orElse(""), details(result.getDetails())));
        }
        shown.sort(Comparator.comparing(CheckNow::up).thenComparing(CheckNow::id));
        return shown;
    }

    /** Removes the details that Camel adds about the invocation. */
    private static Map<String, Object> details(Map<String, Object> all) {
        Map<String, Object> own = new TreeMap<>(all);
        own.keySet()
                .removeIf(name ->
                        name.startsWith("check.") || name.startsWith("invocation.") || name.startsWith("failure."));
        own.replaceAll((name, value) -> String.valueOf(value));
        return own;
    }
}
