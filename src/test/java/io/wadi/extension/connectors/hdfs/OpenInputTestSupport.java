package io.wadi.extension.connectors.hdfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.extension.connectors.source.SourceReader.Poll;
import io.wadi.hdfs.InputDirectory.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.io.TempDir;

/** Reads files in polls by several readers, one after another. */
abstract class OpenInputTestSupport {
    static final int LONGEST = 4096;
    static final FileFormat.Options RAW = options(FileFormat.LINES, null);
    private static final Configuration CONFIGURATION = new Configuration();

    @TempDir
    Path directory;

    InputFileOffset offset;

    static FileFormat.Options options(FileFormat format, Converter line) {
        return new FileFormat.Options(format, line, LONGEST);
    }

    final FSDataInputStream open(Path file) throws IOException {
        return FileSystem.getLocal(CONFIGURATION).open(new org.apache.hadoop.fs.Path(file.toUri()));
    }

    /**
     * Reads all records from {@code offset} on, in polls of at most {@code rows} rows; each reader polls {@code polls}
     * times.
     */
    final List<PolledRecord> read(Path file, FileFormat.Options options, int rows, int polls) throws IOException {
        List<PolledRecord> records = new ArrayList<>();
        Entry entry = new Entry("x.opened", 17, false, Files.size(file), Instant.EPOCH);
        while (offset == null || !offset.isFinished()) {
            try (FSDataInputStream in = open(file)) {
                OpenInput input = new OpenInput(entry, options, new HdfsContent(in, entry.length()), offset, "/in/x");
                for (int i = 0; i < polls && !input.offset().isFinished(); i++) {
                    Poll poll = input.next(rows, Instant.EPOCH);
                    assertThat(poll.records().size()).isLessThanOrEqualTo(rows);
                    records.addAll(poll.records());
                    offset = InputFileOffset.of(poll.offsets().get("17"));
                }
            }
        }
        return records;
    }

    static List<String> texts(List<PolledRecord> records) {
        return records.stream().map(record -> new String(record.raw(), UTF_8)).toList();
    }
}
