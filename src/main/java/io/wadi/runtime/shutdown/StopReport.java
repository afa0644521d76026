package io.wadi.runtime.shutdown;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The result of a shutdown.
 *
 * @param routes the routes by phase
 * @param millis the duration without the pause for load balancers
 * @param notClosed resources that could not be closed, with the reason
 */
public record StopReport(List<RouteReport> routes, long millis, List<String> notClosed) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns whether all work in flight was finished and all resources are closed. */
    public boolean isDrained() {
        return notClosed.isEmpty() && routes.stream().allMatch(RouteReport::isDrained);
    }

    /**
     * Returns the report as text: a summary, a line for each route that was not idle, a line with the idle routes, and
     * a line for each resource that could not be closed. Idle internal routes are only counted.
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                isDrained()
                        ? "Stopped in %.2f s, all work in flight is finished"
                        : "Stopped in %.2f s, unfinished work is repeated at the next start",
                millis / 1000.0));
        routes.stream().filter(route -> !route.wasIdle()).map(RouteReport::line).forEach(lines::add);
        List<RouteReport> idle = routes.stream().filter(RouteReport::wasIdle).toList();
        if (!idle.isEmpty()) {
            lines.add("idle: "
                    + named(
                            idle.stream()
                                    .filter(route -> !route.isInternal())
                                    .map(RouteReport::route)
                                    .toList(),
                            idle.size()));
        }
        notClosed.forEach(reason -> lines.add("not closed: " + reason));
        return lines;
    }

    /** Formats route names, such as {@code landing, pixel and 24 internal routes}. */
    static String named(List<String> ofFiles, int all) {
        int others = all - ofFiles.size();
        String names = String.join(", ", ofFiles);
        if (others == 0) {
            return names;
        }
        return (names.isEmpty() ? "" : names + " and ") + others + " internal routes";
    }

    /** Returns the report as JSON in one line, without idle internal routes. */
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("drained", isDrained());
        report.put("ms", millis);
        report.put(
                "routes",
                routes.stream()
                        .filter(route -> !route.isInternal() || !route.wasIdle())
                        .map(StopReport::fields)
                        .toList());
        report.put("notClosed", notClosed);
        return JSON.valueToTree(report).toString();
    }

    private static Map<String, Object> fields(RouteReport route) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("route", route.route());
        fields.put("phase", route.phase());
        fields.put("unit", route.unit());
        fields.put("inFlight", route.inFlight());
        fields.put("finished", route.finished());
        fields.put("left", route.left());
        fields.put("ms", route.millis());
        fields.put("problem", route.problem());
        return fields;
    }
}
