package io.wadi.bench.subject;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The JVM of one round of one subject: runs the warm-up, then the measured job. */
public final class SubjectMain {
    private SubjectMain() {}

    /** Runs a subject. Arguments: its class, a file with both jobs, and the file for the result. */
    public static void main(String[] args) throws Exception {
        Subject subject = Class.forName(args[0])
                .asSubclass(Subject.class)
                .getDeclaredConstructor()
                .newInstance();
        Properties given = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[1]))) {
            given.load(in);
        }
        land(subject, Job.read(given, "warm-up."));
        System.gc();
        land(subject, Job.read(given, ""));
        try (OutputStream out = Files.newOutputStream(Path.of(args[2]))) {
            Probe.result().store(out, args[0]);
        }
        // Ends threads that a subject has left running.
        System.exit(0);
    }

    private static void land(Subject subject, Job job) throws Exception {
        Probe.arm(job);
        subject.land(job);
        if (!Probe.isFinished()) {
            throw new IllegalStateException("It returned before all of " + job.topic() + " was committed");
        }
    }
}
