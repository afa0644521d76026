package io.wadi.bench;

import io.wadi.local.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * The JVM of one round of a subject that consumes topics: it receives a job, and returns its measurements at its end.
 */
final class SubjectProcess {
    private static final Duration LONGEST_ROUND = Duration.ofMinutes(15);

    private SubjectProcess() {}

    /**
     * Runs a subject to its end.
     *
     * @param round the name of its files
     * @param main the subject's class
     * @param job the properties that its {@code SubjectMain} reads, and {@code heap} if it is not 256m
     * @return the measurements of its {@code Probe}
     * @throws IOException if it fails, or takes longer than a quarter of an hour
     */
    static Properties run(BenchHome home, String round, String classPath, String main, Properties job)
            throws IOException {
        Path jobFile = home.ofRound(round, ".job");
        Path resultFile = home.ofRound(round, ".result");
        Path log = home.ofRound(round, ".log");
        try (OutputStream out = Files.newOutputStream(jobFile)) {
            job.store(out, round);
        }
        List<String> command = new ArrayList<>(home.java(round, job.getProperty("heap", "256m")));
        command.addAll(List.of(
                "-cp",
                classPath,
                "io.wadi.bench.subject.SubjectMain",
                main,
                jobFile.toString(),
                resultFile.toString()));
        ChildProcess process =
                ChildProcess.start(List.of(), command, Map.of(), home.work(), ProcessBuilder.Redirect.to(log.toFile()));
        if (!process.waitFor(LONGEST_ROUND)) {
            process.kill();
            throw new IOException(round + " did not end within " + LONGEST_ROUND + ", see " + log);
        }
        if (process.exitCode() != 0 || !Files.exists(resultFile)) {
            throw new IOException(round + " failed with exit code " + process.exitCode() + ", see " + log);
        }
        Properties result = new Properties();
        try (InputStream in = Files.newInputStream(resultFile)) {
            result.load(in);
        }
        return result;
    }
}
