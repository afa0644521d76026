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

/** The page of a run: one file that needs nothing else. */
final class SoakReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "d MMMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private static final int STRETCHES = 30;

    private final SoakResult result;
    private final List<Growth> growth;

    private SoakReport(SoakResult result) {
        this.result = result;
        growth = result.growth();
    }

    /** The page. */
    static String html(SoakResult result) {
        return new SoakReport(result).page();
    }

    private String page() {
        return template()
                .replace("{{well}}", result.isWell() ? "well" : "bad")
                .replace("{{verdict}}", verdict())
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

    private String verdict() {
        return result.isWell()
                ? "Nothing lost, nothing doubled"
                : result.found().isWell() ? "Nothing lost or doubled, but not all went well" : "Lost or doubled";
    }

    private String oracle() {
        Oracle.Found found = result.found();
        List<String> lines = new ArrayList<>();
        lines.add(format(
                "Of %,d events %,d have a receipt. Kafka has %,d, HDFS %,d lines of them, the index %,d documents.",
                result.offered(), found.receipted(), found.inKafka(), found.landed(), found.indexed()));
        addIf(lines, found.withoutRecord(), "%,d events with a receipt are not in Kafka.");
        addIf(lines, found.twiceInKafka(), "%,d events are in Kafka more than once.");
        addIf(lines, found.notLanded(), "%,d events are not in HDFS.");
        addIf(lines, found.landedTwice(), "%,d lines in HDFS are doubled.");
        addIf(lines, found.notIndexed(), "%,d records have no document.");
        addIf(lines, found.indexedBesides(), "%,d documents have no record, or are doubled.");
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
                        "again",
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
                                new Line("told to come again", "refused", traffic(Traffic::refused)),
                                new Line("without an answer", "failed", traffic(Traffic::failed)))),
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
                                new Line("landing", "landing", looks(Look::landingLag)),
                                new Line("indexing", "indexing", looks(Look::indexingLag)))),
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

    private List<Point> looks(ToDoubleFunction<Look> value) {
        return result.looks().stream()
                .map(each -> new Point(each.second(), value.applyAsDouble(each)))
                .toList();
    }

    /** What a role commits in a second, over the ten seconds before each look; not known where Kafka did not say. */
    private List<Point> rates(Role role) {
        List<Point> rates = new ArrayList<>();
        int before = 0;
        List<Look> looks = result.looks();
        for (Look each : looks) {
            while (looks.get(before).second() < each.second() - 10) {
                before++;
            }
            Look first = looks.get(before);
            boolean known = !each.inKafka().isEmpty() && !first.inKafka().isEmpty() && first.second() < each.second();
            rates.add(new Point(
                    each.second(),
                    known
                            ? (committed(each, role) - committed(first, role)) / (each.second() - first.second())
                            : Double.NaN));
        }
        return rates;
    }

    private static double committed(Look look, Role role) {
        return (role == Role.LANDING ? look.landed() : look.indexed())
                .values().stream().mapToLong(Long::longValue).sum();
    }

    /** The least of each stretch: what collections leave. The sawtooth above it says nothing, six of them hide everything. */
    private Chart heap() {
        Chart all = perProcess("Heap in use, the least of each stretch", "MiB of 256", ProcessSample::heapMib);
        return new Chart(
                all.title(),
                all.unit(),
                all.lines().stream()
                        .map(line -> new Line(line.name(), line.style(), Slope.floor(known(line.points()), STRETCHES)))
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

    /** Broken where the process was started again. */
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
                ? "<td class=\"number\">not by the end</td>"
                : format("<td class=\"number\">%.1f s</td>", value);
    }

    private String leaks() {
        List<String> grown = growth.stream()
                .filter(each -> !each.grown().isEmpty())
                .map(each -> each.process() + " (" + String.join(", ", each.grown()) + ")")
                .toList();
        if (growth.stream().noneMatch(Growth::isKnown)) {
            return "No process was looked at for long enough to say: that takes seven minutes of one start.";
        }
        return grown.isEmpty()
                ? "No process grew by more than chance."
                : "Grown by more than chance: " + String.join("; ", grown) + ".";
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
