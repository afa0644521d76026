package io.wadi.landing.audit;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Partition;
import io.wadi.landing.files.OffsetRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Formats an audit report as text: a summary, a line for each partition, then the findings. */
public final class AuditText {
    /** Maximum number of lines for findings of one kind; {@code --json} has all. */
    private static final int MAX_LINES = 20;

    private final AuditReport report;
    private final List<String> lines = new ArrayList<>();

    private AuditText(AuditReport report) {
        this.report = report;
    }

    public static List<String> of(AuditReport report) {
        AuditText text = new AuditText(report);
        text.lines.add(text.summary());
        text.lines.add("");
        text.table();
        report.partitions().forEach(text::details);
        return text.lines;
    }

    private String summary() {
        String counted = "%s in %s of %s"
                .formatted(
                        count(sum(Partition::offsets), "offset"),
                        count(sum(Partition::files), "file"),
                        count(report.partitions().size(), "partition"));
        if (report.sound()) {
            return "%s has no errors: %s, none lost or duplicated%s."
                    .formatted(report.topic(), counted, report.deep() ? compared() : "");
        }
        List<String> faults = new ArrayList<>();
        fault(faults, sum(found -> found.missing(Cause.LOST)), "lost");
        fault(faults, sum(found -> found.missing(Cause.UNKNOWN)), "missing for an unknown cause");
        fault(faults, sum(Partition::doubled), "duplicated");
        fault(faults, sum(found -> found.hollow().size()), "missing from empty files");
        fault(faults, sum(found -> found.ahead() == null ? 0 : found.ahead().size()), "that Kafka does not have");
        fault(faults, sum(found -> found.differences().size()), "where a file differs from Kafka");
        return "%s has ERRORS: %s; %s.".formatted(report.topic(), String.join(", ", faults), counted);
    }

    private String compared() {
        long notCompared = sum(Partition::notCompared);
        return ", %s the same in Kafka and file%s"
                .formatted(
                        count(sum(Partition::compared), "record"),
                        notCompared == 0
                                ? ""
                                : " (%s not compared: Parquet, Avro, or no longer in Kafka)"
                                        .formatted(count(notCompared, "file")));
    }

    private static void fault(List<String> faults, long offsets, String what) {
        if (offsets > 0) {
            faults.add(number(offsets) + " " + what);
        }
    }

    private void table() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("partition", "in Kafka", "committed", "to land", "landed", "files", "bytes", "contiguous"));
        report.partitions().forEach(found -> rows.add(row(found)));
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElseThrow();
                String cell = row.get(column);
                line.append(column == 0 ? "" : "  ")
                        .append(" ".repeat(width - cell.length()))
                        .append(cell);
            }
            lines.add(line.toString());
        }
    }

    private static List<String> row(Partition found) {
        long start = found.kafka().start();
        long end = found.kafka().end();
        return List.of(
                Integer.toString(found.partition()),
                start == end ? "none, next " + number(end) : range(start, end - 1),
                found.committed() == null ? "never" : number(found.committed()),
                number(found.toLand()),
                landed(found),
                number(found.files()),
                number(found.bytes()),
                found.contiguous() ? "yes" : "no");
    }

    private static String landed(Partition found) {
        if (found.landed().isEmpty()) {
            return found.committed() == null ? "nothing yet" : "all moved away";
        }
        OffsetRange first = found.landed().get(0);
        OffsetRange last = found.landed().get(found.landed().size() - 1);
        return range(first.first(), last.last());
    }

    private void details(Partition found) {
        List<String> details = findings(found);
        addLines(
                details,
                found.owners(),
                owner -> "owner directory, last modified %s ago: %s"
                        .formatted(age(owner.ageSeconds()), owner.directory()));
        if (!details.isEmpty()) {
            lines.add("");
            lines.add("partition " + found.partition());
            details.forEach(line -> lines.add("  " + line));
        }
    }

    /** Returns the errors of a partition and the causes of its gaps, one per line, in a modifiable list. */
    static List<String> findings(Partition found) {
        List<String> details = new ArrayList<>();
        if (found.landed().size() > 1) {
            addLines(details, found.landed(), landed -> "landed " + range(landed.first(), landed.last()));
        }
        addLines(
                details,
                found.gaps(),
                gap -> "gap %s, %s: %s. %s"
                        .formatted(
                                range(gap.first(), gap.last()),
                                count(gap.size(), "offset"),
                                gap.cause().name().toLowerCase(Locale.ROOT),
                                gap.evidence()));
        addLines(
                details,
                found.overlaps(),
                overlap -> "duplicated %s: in %s"
                        .formatted(range(overlap.first(), overlap.last()), String.join(" and ", overlap.files())));
        addLines(
                details,
                found.hollow(),
                hollow -> "empty file %s: Kafka has a record for it at offset %d"
                        .formatted(hollow.file(), hollow.offset()));
        if (found.ahead() != null) {
            details.add(("landed %s, beyond Kafka's end offset: the topic was recreated, or Kafka lost records. Landing"
                            + " would skip new records at these offsets")
                    .formatted(range(found.ahead().first(), found.ahead().last())));
        }
        addLines(
                details,
                found.differences(),
                difference -> "%s, line %d%s: %s"
                        .formatted(
                                difference.file(),
                                difference.line(),
                                difference.offset() < 0 ? "" : ", offset " + number(difference.offset()),
                                difference.found()));
        addLines(details, found.foreign(), path -> "not a landed file: " + path);
        addLines(details, found.unfinished(), path -> "unfinished merge: " + path);
        return details;
    }

    private static <T> void addLines(List<String> details, List<T> items, Function<T, String> line) {
        items.stream().limit(MAX_LINES).map(line).forEach(details::add);
        if (items.size() > MAX_LINES) {
            details.add("… and %s more; --json has all".formatted(number(items.size() - MAX_LINES)));
        }
    }

    private long sum(ToLongFunction<Partition> counted) {
        return report.partitions().stream().mapToLong(counted).sum();
    }

    private static String range(long first, long last) {
        return first == last ? number(first) : number(first) + " to " + number(last);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String count(long number, String what) {
        return number(number) + " " + what + (number == 1 ? "" : "s");
    }

    private static String age(long seconds) {
        if (seconds < 120) {
            return seconds + " s";
        }
        return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
    }
}
