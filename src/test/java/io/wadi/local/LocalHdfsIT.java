package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written stays when the JVM that HDFS runs in has ended and another one starts it again. */
class LocalHdfsIT {
    private static final org.apache.hadoop.fs.Path FILE = new org.apache.hadoop.fs.Path("/kept");

    @Test
    void file_isStillThereInTheNextProcess(@TempDir Path directory) throws Exception {
        assertThat(runOnce(directory, "write")).isEqualTo("written\n");

        assertThat(runOnce(directory, "read")).isEqualTo("of the first process\n");
    }

    private static String runOnce(Path directory, String action) throws Exception {
        List<String> command =
                ChildJvm.command(Once.class.getName(), List.of("-Xmx256m"), List.of(directory.toString(), action));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return said.lines()
                .filter(line -> line.equals("written") || line.startsWith("of "))
                .map(line -> line + "\n")
                .reduce("", String::concat);
    }

    /** Starts HDFS, writes or reads one file, stops HDFS and ends. */
    static final class Once {
        private Once() {}

        public static void main(String[] args) {
            try {
                run(args);
            } catch (IOException e) {
                // HDFS's threads would keep the process.
                System.exit(1);
            }
            System.exit(0);
        }

        private static void run(String[] args) throws IOException {
            int port = Ports.free();
            LocalHdfs hdfs = new LocalHdfs(Path.of(args[0]), port, Ports.free());
            hdfs.start();
            Configuration configuration = new Configuration();
            configuration.set("dfs.replication", "1");
            try (FileSystem files = FileSystem.newInstance(URI.create("hdfs://localhost:" + port), configuration)) {
                if (args[1].equals("write")) {
                    try (FSDataOutputStream out = files.create(FILE)) {
                        out.write("of the first process".getBytes(UTF_8));
                    }
                    System.out.println("written");
                } else {
                    try (FSDataInputStream in = files.open(FILE)) {
                        System.out.println(new String(in.readAllBytes(), UTF_8));
                    }
                }
            }
            hdfs.stop();
        }
    }
}
