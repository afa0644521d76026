package io.wadi.bench.subject;

import java.util.List;

/**
 * A subject that routes metric documents: those about cpu to {@link #cpu} and those about memory to {@link #memory},
 * byte for byte, and for each one over its threshold the {@code host} object with its time to {@link #cpuAlert} or
 * {@link #memoryAlert}. Outputs have the key of the document; all other documents are dropped.
 */
public abstract class RoutingSubject implements Subject {
    /** Over which, strictly, there is an alert, as Wadi ships it. */
    public static final double CPU_THRESHOLD = 0.5;

    /** Over which, strictly, there is an alert, as Wadi ships it. */
    public static final double MEMORY_THRESHOLD = 0.9;

    /** Returns the topic of the documents about cpu. */
    public static String cpu(Job job) {
        return job.directory() + ".cpu";
    }

    /** Returns the topic of the documents about memory. */
    public static String memory(Job job) {
        return job.directory() + ".memory";
    }

    /** Returns the topic of the alerts on cpu. */
    public static String cpuAlert(Job job) {
        return cpu(job) + ".alert";
    }

    /** Returns the topic of the alerts on memory. */
    public static String memoryAlert(Job job) {
        return memory(job) + ".alert";
    }

    static List<String> outputs(Job job) {
        return List.of(cpu(job), memory(job), cpuAlert(job), memoryAlert(job));
    }

    /** Starts the subject, which routes the existing and new records of the job's topic until it is closed. */
    public abstract AutoCloseable start(Job job) throws Exception;

    @Override
    public final void land(Job job) throws Exception {
        RoutingProbe.arm(job);
        try (AutoCloseable running = start(job)) {
            RoutingProbe.awaitVisible(job);
        }
    }
}
