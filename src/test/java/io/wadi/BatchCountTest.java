package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The batch job of {@code examples/batch}, with a local directory instead of HDFS and a topic that is complete. */
class BatchCountTest {
    private static final String HDFS = """
            #!/bin/bash
            case $2 in
              -ls) code=0; for pattern in "${@:5}"; do compgen -G "$pattern" || code=1; done; exit $code ;;
              -test) test -d "$4" ;;
              -cat) cat ${@:3} ;;
            esac
            """;

    @TempDir
    private Path directory;

    @BeforeEach
    void createHdfs() throws IOException {
        assertThat(Files.writeString(directory.resolve("hdfs"), HDFS).toFile().setExecutable(true))
                .isTrue();
    }

    private void land(String path, String content) throws IOException {
        Path file = directory.resolve("data/t").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private CommandProcess count(String... bucket) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of("bash", "examples/batch/count.sh", "t", "2026-11-20T00:00Z"), Stream.of(bucket))
                        .toList());
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment().put("WADI", "true");
        builder.environment().put("DATA", directory.resolve("data").toString());
        return CommandProcess.end(builder);
    }

    private void requireCount(String expected, String... bucket) throws IOException, InterruptedException {
        CommandProcess counted = count(bucket);

        assertThat(List.of(counted.code(), counted.out().strip()))
                .as(counted.err())
                .isEqualTo(List.of(0, expected));
    }

    @Test
    void records_areCounted() throws Exception {
        land("partition=0/t+0+0+1.jsonl", "1\n2\n");
        land("partition=1/t+1+0+2.jsonl", "1\n2\n3\n");
        land("partition=1/_t+1+3+3.jsonl", "4\n");

        requireCount("5");
    }

    @Test
    void topicWithoutFiles_hasNoRecords() throws Exception {
        Files.createDirectories(directory.resolve("data/t/partition=0"));

        requireCount("0");
    }

    @Test
    void directoriesWithoutTheirMark_areNotCounted() throws Exception {
        land("partition=0/date=2026-11-19/t+0+0+1.jsonl", "1\n2\n");
        land("partition=0/date=2026-11-19/_COMPLETE", "");
        land("partition=1/date=2026-11-19/_COMPLETE", "");
        land("partition=0/date=2026-11-20/t+0+2+2.jsonl", "3\n");

        requireCount("2");
        requireCount("2", "date=2026-11-19");
        assertThat(count("date=2026-11-20").code()).isEqualTo(1);
    }

    /** As after a change of the format. */
    @Test
    void filesOfOtherFormats_areReported() throws Exception {
        land("partition=0/t+0+0+1.jsonl", "1\n2\n");
        land("partition=0/t+0+2+2.jsonl.gz", "compressed");

        CommandProcess counted = count();

        assertThat(counted.code()).as(counted.err()).isEqualTo(2);
        assertThat(counted.out()).isEmpty();
        assertThat(counted.err()).contains("found " + directory.resolve("data/t/partition=0/t+0+2+2.jsonl.gz"));
    }
}
