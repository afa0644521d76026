package io.wadi.landing.compaction;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.FaultPoint;
import io.wadi.landing.FaultyFileStore;
import io.wadi.landing.LandingException;
import io.wadi.landing.files.Layout;
import io.wadi.local.ChildJvm;
import io.wadi.testing.TestServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;

/** A compactor in its own process, on the HDFS of the test run, that stops at a {@link FaultPoint}. */
final class CompactionProcess implements AutoCloseable {
    private static final String DONE = "COMPACTED";
    private static final String FAILED = "COULD NOT COMPACT";

    private final Process process;
    private final BufferedReader lines;
    private final List<String> linesRead = new ArrayList<>();

    private CompactionProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(UTF_8);
    }

    /** Starts a compactor on partition 0 of the topic in {@code /<topic>}; {@code point} may be null. */
    static CompactionProcess start(String topic, long committed, FaultPoint point) throws IOException {
        List<String> options = new ArrayList<>(List.of("-Xmx128m"));
        if (point != null) {
            options.add("-D" + FaultPoint.PROPERTY + "=" + point);
        }
        List<String> command = ChildJvm.command(
                CompactionProcess.class.getName(),
                options,
                List.of(TestServers.shared().ports().hdfsUri(), topic, Long.toString(committed)));
        return new CompactionProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Waits until the process is blocked at its fault point. */
    void awaitPoint() throws IOException {
        await(FaultPoint.REACHED);
    }

    private void await(String word) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            linesRead.add(line);
            if (line.startsWith(word)) {
                return;
            }
        }
        throw new AssertionError("it ended without " + word + ":\n" + String.join("\n", linesRead));
    }

    /** Kills the process with SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Resumes the process and waits until it has failed. */
    void resumeAndAwaitFailure() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        await(FAILED);
        end();
    }

    /** Waits until all merges are done and the process has ended. */
    void awaitDone() throws IOException, InterruptedException {
        await(DONE);
        end();
    }

    private void end() throws InterruptedException {
        if (!process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Recovers, plans and merges. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "logback-read.xml");
        try {
            FileStore hdfs = new HdfsFileStore(
                    new HdfsConnection(HdfsOptions.of(args[0])),
                    new HdfsFileStore.FileOptions((short) 1, 128 << 20, ""));
            PartitionCompactor compactor = new PartitionCompactor(
                    new FaultyFileStore(hdfs, FaultPoint.ofThisProcess()),
                    new Layout("/" + args[1]),
                    new TopicPartition(args[1], 0),
                    new PartitionCompactor.Sizes(1 << 20, 1 << 20, 100));
            compactor.recover();
            compactor.plan(Long.parseLong(args[2])).forEach(compactor::merge);
            System.out.println(DONE);
        } catch (LandingException e) {
            System.out.println(FAILED + ": " + e);
        }
        System.exit(0);
    }
}
