package io.wadi.landing.audit;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What an audit found, in the size of a page.
 *
 * @param topic the audited topic
 * @param time when it began, in milliseconds since 1970
 * @param tookMs how long it took
 * @param sound whether nothing is lost or doubled in any partition
 * @param verdict that and how much was audited, in a sentence
 * @param group the landing group whose commits were read
 * @param partitions figures of each, the first by number
 * @param findings what needs a look or explains a gap, those of partitions that are not sound first
 * @param moreFindings how many there are beside these
 */
public record AuditSummary(
        String topic,
        long time,
        long tookMs,
        boolean sound,
        String verdict,
        String group,
        List<Row> partitions,
        List<Finding> findings,
        int moreFindings) {
    private static final int MOST_PARTITIONS = 1000;
    private static final int MOST_FINDINGS = 200;

    /**
     * One partition, in offsets.
     *
     * @param start the first that Kafka has
     * @param end the next to come
     * @param committed by landing's group, or null
     * @param toLand neither landed nor committed
     * @param landed in files, each counted once
     * @param expired in no file: gone from Kafka before they could land
     * @param markers in no file: no records, such as the marks of transactions
     * @param lost in no file, although Kafka has their records
     * @param unknown in no file, and nothing tells why
     * @param doubled in more than one file
     */
    public record Row(
            int partition,
            boolean sound,
            long start,
            long end,
            Long committed,
            long toLand,
            int files,
            long bytes,
            long landed,
            long expired,
            long markers,
            long lost,
            long unknown,
            long doubled) {}

    /** What was found in a partition, in words. */
    public record Finding(int partition, boolean sound, String text) {}

    /** The summary of an audit that has just ended. */
    public static AuditSummary of(AuditReport report, Instant begun, Duration took) {
        List<Finding> findings = new ArrayList<>();
        report.partitions().stream()
                .sorted(Comparator.comparing(Partition::sound))
                .forEach(each -> AuditText.findings(each)
                        .forEach(text -> findings.add(new Finding(each.partition(), each.sound(), text))));
        return new AuditSummary(
                report.topic(),
                begun.toEpochMilli(),
                took.toMillis(),
                report.sound(),
                AuditText.of(report).get(0),
                report.group(),
                report.partitions().stream()
                        .limit(MOST_PARTITIONS)
                        .map(AuditSummary::row)
                        .toList(),
                List.copyOf(findings.subList(0, Math.min(MOST_FINDINGS, findings.size()))),
                Math.max(0, findings.size() - MOST_FINDINGS));
    }

    private static Row row(Partition found) {
        return new Row(
                found.partition(),
                found.sound(),
                found.kafka().start(),
                found.kafka().end(),
                found.committed(),
                found.toLand(),
                found.files(),
                found.bytes(),
                found.offsets(),
                found.missing(Cause.EXPIRED),
                found.missing(Cause.MARKERS),
                found.missing(Cause.LOST),
                found.missing(Cause.UNKNOWN),
                found.doubled());
    }
}
