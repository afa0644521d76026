package io.wadi.landing.audit;

import com.github.luben.zstd.ZstdIOException;
import io.wadi.hdfs.FileStore;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.audit.AuditReport.Difference;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.Format;
import io.wadi.landing.format.LandedLine;
import io.wadi.landing.format.LineReader;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.ZipException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the files of a partition with the records that Kafka still has, line by line and in order. A line is the
 * value of its record, or its envelope with key, headers and time: the envelope setting may have changed between two
 * files. If Kafka has deleted the first records of a file, only the last lines are compared. For a compacted topic,
 * each remaining record must be in its file, in the same order; other lines cannot be compared.
 */
final class ContentAudit {
    private final FileStore store;
    private final TopicReader log;
    private final TopicPartition partition;
    private final boolean compacted;
    private final List<Difference> differences = new ArrayList<>();
    private long compared;
    private int notCompared;

    ContentAudit(FileStore store, TopicReader log, TopicPartition partition, boolean compacted) {
        this.store = store;
        this.log = log;
        this.partition = partition;
        this.compacted = compacted;
    }

    /** Compares files, ordered by offset, with Kafka's log from {@code start} on. */
    void compare(List<VisibleFiles.File> files, long start) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        long last = files.stream().mapToLong(file -> file.landed().last()).max().orElseThrow();
        Expected expected = null;
        for (VisibleFiles.File file : files) {
            LandedFile landed = file.landed();
            if (landed.last() < start || !LineReader.canRead(file.path())) {
                notCompared++;
                continue;
            }
            if (file.length() == 0) {
                // Checked by the audit of names; zero bytes are not a valid compressed stream.
                continue;
            }
            long from = Math.max(landed.first(), start);
            OptionalLong before = from > landed.first() ? linesBefore(file, from) : OptionalLong.of(0);
            if (before.isEmpty()) {
                continue;
            }
            if (expected == null || from > landed.first() || from < expected.position) {
                expected = new Expected(new OffsetRange(from, last));
            }
            expected.rangeTo(from, landed.last());
            compare(file, expected, before.getAsLong());
        }
    }

    List<Difference> differences() {
        return differences;
    }

    long compared() {
        return compared;
    }

    int notCompared() {
        return notCompared;
    }

    /**
     * Returns the number of lines that precede those of the records from an offset on. If the file cannot be read to
     * its end, the number is unknown: adds a difference and returns empty.
     */
    private OptionalLong linesBefore(VisibleFiles.File file, long from) throws IOException {
        BitSet envelopes = new BitSet();
        long lines = 0;
        try (LineReader reader = read(file)) {
            for (byte[] line = reader.next(); line != null; line = reader.next()) {
                lines++;
                long offset = LandedLine.offset(line, partition);
                if (offset >= from && offset <= file.landed().last()) {
                    envelopes.set((int) (offset - from));
                }
            }
        } catch (EOFException | ZipException | ZstdIOException e) {
            differences.add(incomplete(file, lines, -1, e));
            return OptionalLong.empty();
        }
        Expected available = new Expected(new OffsetRange(from, file.landed().last()));
        available.rangeTo(from, file.landed().last());
        long records = 0;
        for (ConsumerRecord<byte[], byte[]> next = available.next(); next != null; next = available.next()) {
            if (Format.isLine(next) || envelopes.get((int) (next.offset() - from))) {
                records++;
            }
        }
        return OptionalLong.of(compacted ? 0 : Math.max(0, lines - records));
    }

    private void compare(VisibleFiles.File file, Expected expected, long skip) throws IOException {
        try (LineReader reader = read(file)) {
            try {
                byte[] before = null;
                while (reader.lines() < skip) {
                    before = reader.next();
                }
                compareLines(file, reader, expected, before != null && LandedLine.isEnvelope(before, partition));
            } catch (EOFException | ZipException | ZstdIOException e) {
                differences.add(incomplete(file, reader.lines(), expected.position, e));
            }
        }
    }

    private static Difference incomplete(VisibleFiles.File file, long lines, long offset, IOException cause) {
        return new Difference(
                file.path(), lines + 1, offset, "reading the file to its end failed: " + cause.getMessage());
    }

    private LineReader read(VisibleFiles.File file) throws IOException {
        return new LineReader(file.path(), store.open(file.path()));
    }

    /** Compares the lines after the reader's last one; {@code afterEnvelope} is whether that one is an envelope. */
    private void compareLines(VisibleFiles.File file, LineReader reader, Expected expected, boolean afterEnvelope)
            throws IOException {
        byte[] line = null;
        boolean isRead = false;
        boolean inEnvelopes = afterEnvelope;
        for (ConsumerRecord<byte[], byte[]> next = expected.next(); next != null; next = expected.next()) {
            line = isRead ? line : reader.next();
            isRead = true;
            boolean isFirst = line != null && reader.lines() == 1;
            // Earlier versions landed values that begin like envelopes.
            boolean isLanded = Format.isLine(next) || (line != null && Arrays.equals(line, next.value()));
            if (!isLanded && !isEnvelopeExpected(line, inEnvelopes || isFirst)) {
                // The record is a dead letter, since landing writes plain values here.
                continue;
            }
            while (compacted && line != null && !isLineOf(next, line)) {
                line = reader.next();
            }
            if (line == null || !isLineOf(next, line)) {
                differences.add(new Difference(
                        file.path(), reader.lines() + (line == null ? 1 : 0), next.offset(), found(line, next)));
                return;
            }
            compared++;
            isRead = false;
            inEnvelopes = !Arrays.equals(line, next.value());
        }
        line = isRead ? line : reader.next();
        if (!compacted && line != null) {
            differences.add(new Difference(file.path(), reader.lines(), -1, "Kafka has no record for this line"));
        }
    }

    /**
     * Returns whether a record that cannot be a plain line must have an envelope here: the previous line is an envelope
     * or does not exist, and this line is an envelope or the file has ended.
     */
    private boolean isEnvelopeExpected(byte[] line, boolean afterEnvelope) {
        return afterEnvelope && (line == null || LandedLine.isEnvelope(line, partition));
    }

    private boolean isLineOf(ConsumerRecord<byte[], byte[]> consumed, byte[] line) {
        return Arrays.equals(line, consumed.value())
                || (LandedLine.isEnvelope(line, partition) && Arrays.equals(line, LandedLine.envelopeOf(consumed)));
    }

    private String found(byte[] line, ConsumerRecord<byte[], byte[]> consumed) {
        if (line == null) {
            return compacted ? "the record's value is not in the file" : "the file has no line for the record";
        }
        boolean isEnvelope = LandedLine.isEnvelope(line, partition);
        byte[] expected = isEnvelope ? LandedLine.envelopeOf(consumed) : consumed.value();
        return "the line has %d bytes, the record%s %d; they differ from byte %d on"
                .formatted(
                        line.length, isEnvelope ? "'s envelope" : "", expected.length, Arrays.mismatch(line, expected));
    }

    /** The records in Kafka for several consecutive files, each read once. */
    private final class Expected {
        private final Iterator<ConsumerRecord<byte[], byte[]>> records;
        private ConsumerRecord<byte[], byte[]> ahead;
        private long position;
        private long last;

        Expected(OffsetRange range) {
            records = PartitionAudit.records(log, partition, range);
            position = range.first();
        }

        /** Advances to a range that begins at the current position or later. */
        void rangeTo(long first, long last) {
            this.last = last;
            this.position = Math.max(position, first);
        }

        /** Returns the next record of the range, or null after its last. */
        ConsumerRecord<byte[], byte[]> next() {
            while (ahead != null || records.hasNext()) {
                if (ahead == null) {
                    ahead = records.next();
                }
                if (ahead.offset() > last) {
                    return null;
                }
                ConsumerRecord<byte[], byte[]> record = ahead;
                ahead = null;
                if (record.offset() >= position) {
                    position = record.offset() + 1;
                    return record;
                }
            }
            return null;
        }
    }
}
