package io.wadi.local.soak;

import io.wadi.local.soak.Chart.Line;
import io.wadi.local.soak.Slope.Point;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The report page of a run, a self-contained HTML file. */
final class SoakReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final int INTERVALS = 30;

    private final SoakResult result;
    private final List<Growth> growth;

    private SoakReport(SoakResult result) {
        this.result = result;
        growth = result.growth();
    }

    static String html(SoakResult result) {
        return new SoakReport(result).page();
    }

    private String page() {
        return template()
                .replace("{{well}}", result.isWell() ? "well" : "bad")
                .replace("{{summary}}", summary())
                .replace("{{oracle}}", oracle())
                .replace("{{facts}}", facts())
                .replace("{{charts}}", charts().stream().map(this::figure).collect(Collectors.joining("\n")))
                .replace(
                        "{{faults}}",
                        result.faults().stream().map(SoakReport::row).collect(Collectors.joining("\n")))
                .replace("{{roll}}", Long.toString(SoakSettings.ROLL_EVERY.toSeconds()))
                .replace("{{session}}", Long.toString(SoakSettings.SESSION_TIMEOUT.toSeconds()))
                .replace("{{leaks}}", leaks())
                .replace("{{growth}}", growth.stream().map(SoakReport::row).collect(Collectors.joining("\n")));
    }

    private static String template() {
        try (InputStream page = SoakReport.class.getResourceAsStream("report.html")) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String summary() {
        return result.isWell()
                ? "Nothing lost, nothing duplicated"
                : result.found().isWell()
                        ? "Nothing lost or duplicated, but there were problems"
                        : "Lost or duplicated";
    }

    private String oracle() {
        Oracle.Found found = result.found();
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "Of %,d events %,d have a receipt. Kafka has %,d, HDFS %,d lines of them, the index %,d documents.",
                result.offered(), found.receipted(), found.inKafka(), found.landed(), found.indexed()));
        if (found.receipted() == 0) {
            lines.add("No event has a receipt, so nothing was tested.");
        }
        addIf(lines, found.withoutRecord(), "%,d events with a receipt are not in Kafka.");
        addIf(lines, found.twiceInKafka(), "%,d events are in Kafka more than once.");
        addIf(lines, found.notLanded(), "%,d events are not in HDFS.");
        addIf(lines, found.landedTwice(), "%,d lines in HDFS are duplicates.");
        addIf(lines, found.notIndexed(), "%,d records have no document.");
        addIf(lines, found.indexedBesides(), "%,d documents have no record, or are duplicates.");
        lines.addAll(result.problems());
        return lines.stream().map(line -> "<p>" + Html.text(line) + "</p>").collect(Collectors.joining("\n"));
    }

    private static void addIf(List<String> lines, long count, String text) {
        if (count > 0) {
            lines.add(format(text, count));
        }
    }

    private String facts() {
        SoakOptions options = result.options();
        List<String> facts = List.of(
                fact("begun", TIME.format(result.begun())),
                fact("length", Units.text(options.length())),
                fact("busiest hour", format("%,d events/s", options.rate())),
                fact("seed", Long.toString(options.seed())),
                fact("faults", Integer.toString(result.faults().size())),
                fact(
                        "repeat with",
                        format(
                                "./wadi soak --for %s --rate %d --seed %d",
                                Units.text(options.length()), options.rate(), options.seed())));
        return String.join("\n", facts);
    }

    private static String fact(String name, String value) {
        return "<div><dt>" + name + "</dt><dd>" + Html.text(value) + "</dd></div>";
    }

    private String figure(Chart chart) {
        return "<figure><figcaption><h3>" + Html.text(chart.title()) + "</h3><div class=\"keys\">" + chart.legend()
                + "</div></figcaption><div class=\"scroll\">" + chart.svg(result.seconds(), result.faults())
                + "</div></figure>";
    }

    private List<Chart> charts() {
        return List.of(
                new Chart(
                        "Events offered, and receipts",
                        "events/s",
                        List.of(
                                new Line(
                                        "offered: a weekday in the run's length", "offered", traffic(Traffic::offered)),
                                new Line("receipts", "ingest", traffic(Traffic::receipts)),
                                new Line("rejected for retry", "refused", traffic(Traffic::refused)),
                                new Line("without a response", "failed", traffic(Traffic::failed)))),
                new Chart(
                        "Landed and indexed, over ten seconds each",
                        "records/s",
                        List.of(
                                new Line("landed", "landing", rates(Role.LANDING)),
                                new Line("indexed", "indexing", rates(Role.INDEXING)))),
                new Chart(
                        "Lag: records in Kafka that are not committed",
                        "records",
                        List.of(
                                new Line("landing", "landing", progress(ProgressSample::landingLag)),
                                new Line("indexing", "indexing", progress(ProgressSample::indexingLag)))),
                heap(),
                perProcess("Memory (resident)", "MiB", ProcessSample::residentMib),
                perProcess("Open files and connections", "file handles", ProcessSample::handles),
                perProcess("Threads", "threads", ProcessSample::threads));
    }

    private List<Point> traffic(ToDoubleFunction<Traffic> value) {
        return result.traffic().stream()
                .map(each -> new Point(each.second(), value.applyAsDouble(each)))
                .toList();
    }

    private List<Point> progress(ToDoubleFunction<ProgressSample> value) {
        return result.progress().stream()
                .map(each -> new Point(each.second(), value.applyAsDouble(each)))
                .toList();
    }

    /** Returns a role's commit rate over the ten seconds before each sample; NaN if unknown. */
    private List<Point> rates(Role role) {
        List<Point> rates = new ArrayList<>();
        int before = 0;
        List<ProgressSample> samples = result.progress();
        for (ProgressSample each : samples) {
            while (samples.get(before).second() < each.second() - 10) {
                before++;
            }
            ProgressSample first = samples.get(before);
            boolean known = !each.inKafka().isEmpty() && !first.inKafka().isEmpty() && first.second() < each.second();
            rates.add(new Point(
                    each.second(),
                    known
                            ? (committed(each, role) - committed(first, role)) / (each.second() - first.second())
                            : Double.NaN));
        }
        return rates;
    }

    private static double committed(ProgressSample sample, Role role) {
        return (role == Role.LANDING ? sample.landed() : sample.indexed())
                .values().stream().mapToLong(Long::longValue).sum();
    }

    /** Returns the chart of the heap's minima after collections, since the full sawtooth curves would overlap. */
    private Chart heap() {
        Chart all = perProcess("Used heap, minimum of each interval", "MiB of 256", ProcessSample::heapMib);
        return new Chart(
                all.title(),
                all.unit(),
                all.lines().stream()
                        .map(line -> new Line(line.name(), line.style(), Slope.floor(known(line.points()), INTERVALS)))
                        .toList());
    }

    private static List<Point> known(List<Point> points) {
        return points.stream().filter(each -> !Double.isNaN(each.value())).toList();
    }

    private Chart perProcess(String title, String unit, ToDoubleFunction<ProcessSample> value) {
        List<Line> lines = result.samples().stream()
                .map(ProcessSample::process)
                .distinct()
                .map(process -> new Line(
                        process,
                        process.replaceFirst("-.*", "") + (process.endsWith("-1") ? "" : " second"),
                        ofProcess(process, value)))
                .toList();
        return new Chart(title, unit, lines);
    }

    /** Returns the points of a process, interrupted at its restarts. */
    private List<Point> ofProcess(String process, ToDoubleFunction<ProcessSample> value) {
        List<Point> points = new ArrayList<>();
        int life = 0;
        for (ProcessSample each : result.samples()) {
            if (each.process().equals(process)) {
                points.add(new Point(
                        each.second(), each.life() == life || life == 0 ? value.applyAsDouble(each) : Double.NaN));
                life = each.life();
            }
        }
        return points;
    }

    private static String row(Recovery each) {
        return format(
                "<tr><td class=\"number\"><span class=\"badge\">%d</span></td><td>%s</td><td>%s</td>%s%s%s%s</tr>",
                each.fault().number(),
                Fault.clock(each.began()),
                Html.text(each.fault().text()),
                seconds(each.ended() - each.began()),
                each.receipts() == 0 ? "<td class=\"number\">no dip</td>" : seconds(each.receipts()),
                seconds(each.landed()),
                seconds(each.indexed()));
    }

    private static String seconds(double value) {
        return Double.isNaN(value)
                ? "<td class=\"number\">not recovered</td>"
                : format("<td class=\"number\">%.1f s</td>", value);
    }

    private String leaks() {
        List<String> grown = growth.stream()
                .filter(each -> !each.grown().isEmpty())
                .map(each -> each.process() + " (" + String.join(", ", each.grown()) + ")")
                .toList();
        if (growth.stream().noneMatch(Growth::isKnown)) {
            return "No process was observed for long enough: that takes seven minutes without a restart.";
        }
        return grown.isEmpty()
                ? "No process has grown significantly."
                : "Significant growth: " + String.join("; ", grown) + ".";
    }

    private static String row(Growth each) {
        String head = format(
                "<tr><td>%s</td><td class=\"number\">%d.</td><td class=\"number\">%.0f min</td>",
                each.process(), each.life(), each.hours() * 60);
        if (!each.isKnown()) {
            return head + "<td class=\"number\" colspan=\"4\">too short to say</td></tr>";
        }
        return head
                + format(
                        "<td class=\"number\">%+.1f MiB</td><td class=\"number\">%+.1f MiB</td><td class=\"number\">%+.1f</td>"
                                + "<td class=\"number\">%+.1f</td></tr>",
                        each.heapMib(), each.residentMib(), each.handles(), each.threads());
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }
}
