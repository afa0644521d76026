package io.wadi.landing;

import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A pipeline of its own process with the shipped landing route alone, on the servers of the test run. */
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
     * Starts one.
     *
     * @param topic the topic it writes, below {@code /<topic>}, in a group of the same name
     * @param point where it stops, or null
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

    /** Waits until it is blocked at its fault point. */
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

    /** kill -9. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Freezes the whole process (SIGSTOP), so that its group takes it for dead. */
    void freeze() throws IOException, InterruptedException {
        process.signal("STOP");
    }

    /** Lets a frozen process go on from its point, not knowing that time has passed. */
    void thaw() throws IOException, InterruptedException {
        process.writeLine();
        process.signal("CONT");
    }

    /** SIGTERM; returns the exit code. */
    int stop() throws IOException, InterruptedException {
        return process.stop();
    }

    /** Waits until it ends by itself, perhaps before it has started; returns the exit code. */
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
