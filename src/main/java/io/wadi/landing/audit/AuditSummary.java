package io.wadi.landing.audit;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The result of an audit for the management page, with a limited number of partitions and findings.
 *
 * @param topic the audited topic
 * @param time when the audit began, in milliseconds since the epoch
 * @param tookMs the duration of the audit
 * @param sound whether no record is lost or doubled in any partition
 * @param result the result and the number of audited offsets and files, in a sentence
 * @param group the landing group with the commits
 * @param partitions the partitions, up to a limit, by number
 * @param findings errors and the causes of gaps, those of partitions that are not sound first
 * @param moreFindings number of findings beyond these
 */
public record AuditSummary(
        String topic,
        long time,
        long tookMs,
        boolean sound,
        String result,
        String group,
        List<Row> partitions,
        List<Finding> findings,
        int moreFindings) {
    private static final int MAX_PARTITIONS = 1000;
    private static final int MAX_FINDINGS = 200;

    /**
     * One partition, with numbers of offsets.
     *
     * @param start Kafka's first offset
     * @param end the next offset to be written
     * @param committed the committed offset of landing's group, or null
     * @param toLand offsets that are neither landed nor committed
     * @param landed offsets in files, each counted once
     * @param expired offsets in no file, since Kafka deleted their records before they landed
     * @param markers offsets in no file, since they have no records, such as transaction markers
     * @param lost offsets in no file, although Kafka has their records
     * @param unknown offsets in no file for an unknown cause
     * @param doubled offsets in more than one file
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

    /** A finding in a partition, in words. */
    public record Finding(int partition, boolean sound, String text) {}

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
                        .limit(MAX_PARTITIONS)
                        .map(AuditSummary::row)
                        .toList(),
                List.copyOf(findings.subList(0, Math.min(MAX_FINDINGS, findings.size()))),
                Math.max(0, findings.size() - MAX_FINDINGS));
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
