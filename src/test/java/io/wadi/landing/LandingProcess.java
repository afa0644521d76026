package io.wadi.landing;

import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A process that runs only the shipped landing route, on the servers of the test run. */
final class LandingProcess implements AutoCloseable {
    private final RouteProcess process;
    private final FaultPoint point;
    private final AtomicBoolean reached;

    private LandingProcess(RouteProcess process, FaultPoint point, AtomicBoolean reached) {
        this.process = process;
        this.point = point;
        this.reached = reached;
    }

    /**
     * Starts a process.
     *
     * @param topic the topic to land below {@code /<topic>}; also the name of the group
     * @param point where the process stops; null for nowhere
     * @param options further options of its JVM
     */
    static LandingProcess start(String topic, FaultPoint point, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "-Dwadi.hdfs.uri=" + TestServers.shared().ports().hdfsUri(),
                "-Dwadi.landing.topics=" + topic,
                "-Dwadi.landing.group=" + topic,
                "-Dwadi.landing.directory=/" + topic,
                "-Dwadi.landing.replication=1"));
        if (point != null) {
            all.add("-D" + FaultPoint.PROPERTY + "=" + point);
            all.add("-Dcamel.component.kafka.interceptor-classes=" + FaultPlugin.AfterCommit.class.getName());
        }
        all.addAll(List.of(options));
        AtomicBoolean reached = new AtomicBoolean();
        RouteProcess process = RouteProcess.start(
                "landing",
                line -> {
                    if (line.contains(FaultPoint.REACHED)) {
                        reached.set(true);
                    }
                },
                all);
        return new LandingProcess(process, point, reached);
    }

    /** Waits until the process is blocked at its fault point. */
    void awaitPoint() {
        await("process at " + point + ", see " + process.log())
                .atMost(ChildJvm.START_TIMEOUT)
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("the process ended by itself, see " + process.log());
                    }
                    return reached.get();
                });
    }

    /** Kills the process with SIGKILL. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Freezes the process with SIGSTOP, so that its session in the group times out. */
    void freeze() throws IOException, InterruptedException {
        process.signal("STOP");
    }

    /** Resumes a frozen process from its fault point. */
    void thaw() throws IOException, InterruptedException {
        process.writeLine();
        process.signal("CONT");
    }

    /** Stops the process with SIGTERM and returns the exit code. */
    int stop() throws IOException, InterruptedException {
        return process.stop();
    }

    /** Waits until the process ends by itself, also if it fails to start; returns the exit code. */
    int awaitEnd() throws InterruptedException {
        return process.awaitEnd();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Returns the output so far. */
    String output() throws IOException {
        return process.output();
    }

    @Override
    public void close() {
        process.close();
    }
}
