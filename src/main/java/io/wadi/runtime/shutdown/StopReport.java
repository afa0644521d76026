package io.wadi.runtime.shutdown;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How everything has stopped.
 *
 * @param routes each route, by phase
 * @param millis how long it took, the pause for load balancers left out
 * @param notClosed what could not be closed, with the reason
 */
public record StopReport(List<RouteReport> routes, long millis, List<String> notClosed) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Whether everything that had been begun is finished, and everything is closed. */
    public boolean isDrained() {
        return notClosed.isEmpty() && routes.stream().allMatch(RouteReport::isDrained);
    }

    /**
     * The report for people: a line in sum, a line for each route that had something to do, one with all the others, of which those
     * of no file are counted, and what could not be closed.
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                isDrained()
                        ? "Stopped in %.2f s, everything that had been begun is finished"
                        : "Stopped in %.2f s; what is left is done again at the next start",
                millis / 1000.0));
        routes.stream().filter(route -> !route.wasIdle()).map(RouteReport::line).forEach(lines::add);
        List<RouteReport> idle = routes.stream().filter(RouteReport::wasIdle).toList();
        if (!idle.isEmpty()) {
            lines.add("idle, stopped at once: "
                    + named(
                            idle.stream()
                                    .filter(RouteReport::isOfFile)
                                    .map(RouteReport::route)
                                    .toList(),
                            idle.size()));
        }
        notClosed.forEach(reason -> lines.add("not closed: " + reason));
        return lines;
    }

    /** Some of all routes by name, such as {@code landing, pixel and 24 of no file}. */
    static String named(List<String> ofFiles, int all) {
        int others = all - ofFiles.size();
        String names = String.join(", ", ofFiles);
        if (others == 0) {
            return names;
        }
        return names.isEmpty() ? others + " of no file" : names + " and " + others + " of no file";
    }

    /** The report for machines, an object in a line; without the routes of no file that had nothing to do. */
    public String json() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("drained", isDrained());
        report.put("ms", millis);
        report.put(
                "routes",
                routes.stream()
                        .filter(route -> route.isOfFile() || !route.wasIdle())
                        .map(StopReport::fields)
                        .toList());
        report.put("notClosed", notClosed);
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
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
        fields.put("trouble", route.trouble());
        return fields;
    }
}
