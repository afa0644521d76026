package io.wadi.bench.subject;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/** The JVM of one round of one subject that routes records until the process is killed. */
public final class RoutingMain {
    private RoutingMain() {}

    /** Runs a subject. Arguments: its class and a file with the job. */
    public static void main(String[] args) throws Exception {
        Properties given = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[1]))) {
            given.load(in);
        }
        RoutingSubject subject = Class.forName(args[0])
                .asSubclass(RoutingSubject.class)
                .getDeclaredConstructor()
                .newInstance();
        try (AutoCloseable running = subject.start(Job.read(given, ""))) {
            new CountDownLatch(1).await();
        }
    }
}
