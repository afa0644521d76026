package io.wadi.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Reads the visible files of a round and checks that every record is in them exactly once, byte for byte. */
final class LandedCheck {
    private final LandingCase landingCase;
    private final BitSet[] seen;
    private final CRC32C crc = new CRC32C();
    private long sum;
    private long lines;
    private int files;

    private LandedCheck(LandingCase landingCase) {
        this.landingCase = landingCase;
        this.seen = IntStream.range(0, LandingCase.PARTITIONS)
                .mapToObj(partition -> new BitSet((int) landingCase.recordsAPartition()))
                .toArray(BitSet[]::new);
    }

    /**
     * Checks a directory and deletes it.
     *
     * @param sum the sum of the checksums of all values
     * @return the number of visible files
     * @throws IOException if a record is missing, duplicated or different; the message contains what was found
     */
    static int checkAndDelete(String hdfs, String directory, LandingCase landingCase, long sum) throws IOException {
        try (FileSystem files = FileSystem.newInstance(URI.create(hdfs), new Configuration())) {
            LandedCheck check = new LandedCheck(landingCase);
            check.read(files, new Path(directory));
            check.requireAll(directory, sum);
            files.delete(new Path(directory), true);
            return check.files;
        }
    }

    /**
     * Reads the files of a directory. Like Hadoop's readers it ignores names that begin with an underscore or a dot.
     */
    private void read(FileSystem from, Path directory) throws IOException {
        for (FileStatus each : from.listStatus(directory)) {
            String name = each.getPath().getName();
            if (name.startsWith("_") || name.startsWith(".")) {
                continue;
            }
            if (each.isDirectory()) {
                read(from, each.getPath());
            } else {
                files++;
                try (InputStream in = new BufferedInputStream(from.open(each.getPath()), 1 << 20)) {
                    readLines(each.getPath(), in);
                }
            }
        }
    }

    private void readLines(Path path, InputStream in) throws IOException {
        byte[] line = new byte[landingCase.valueBytes() + 1];
        for (int read = in.readNBytes(line, 0, line.length); read > 0; read = in.readNBytes(line, 0, line.length)) {
            if (read < line.length || line[line.length - 1] != '\n') {
                throw new IOException("%s: line %d has a different length than sent".formatted(path, lines));
            }
            take(path, line);
        }
    }

    private void take(Path path, byte[] line) throws IOException {
        int partition = line[Prefill.PARTITION_AT] - '0';
        int sequence = 0;
        for (int i = 0; i < Prefill.SEQUENCE_DIGITS; i++) {
            sequence = sequence * 10 + line[Prefill.SEQUENCE_AT + i] - '0';
        }
        if (seen[partition].get(sequence)) {
            throw new IOException("%s: record %d of partition %d is duplicated".formatted(path, sequence, partition));
        }
        seen[partition].set(sequence);
        crc.reset();
        crc.update(line, 0, line.length - 1);
        sum += crc.getValue();
        lines++;
    }

    private void requireAll(String directory, long expected) throws IOException {
        for (int partition = 0; partition < LandingCase.PARTITIONS; partition++) {
            if (seen[partition].cardinality() != landingCase.recordsAPartition()) {
                throw new IOException("%s: partition %d has %d records, not %d; the first missing one is %d"
                        .formatted(
                                directory,
                                partition,
                                seen[partition].cardinality(),
                                landingCase.recordsAPartition(),
                                seen[partition].nextClearBit(0)));
            }
        }
        if (sum != expected) {
            throw new IOException(directory + ": all records are present, but some differ");
        }
    }
}
