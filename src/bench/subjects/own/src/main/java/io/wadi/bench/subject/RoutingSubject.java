package io.wadi.bench.subject;

import java.util.List;

/**
 * A way of routing metric documents: those about cpu to {@link #cpu} and those about memory to {@link #memory}, byte for byte,
 * and for each over its threshold the {@code host} object with its time to {@link #cpuAlert} or {@link #memoryAlert}; all under
 * the key of the document, and all others nowhere.
 */
public abstract class RoutingSubject implements Subject {
    /** Over which, strictly, there is an alert, as Wadi ships it. */
    public static final double CPU_THRESHOLD = 0.5;

    /** Over which, strictly, there is an alert, as Wadi ships it. */
    public static final double MEMORY_THRESHOLD = 0.9;

    /** The topic of the documents about cpu. */
    public static String cpu(Job job) {
        return job.directory() + ".cpu";
    }

    /** The topic of the documents about memory. */
    public static String memory(Job job) {
        return job.directory() + ".memory";
    }

    /** The topic of the alerts on cpu. */
    public static String cpuAlert(Job job) {
        return cpu(job) + ".alert";
    }

    /** The topic of the alerts on memory. */
    public static String memoryAlert(Job job) {
        return memory(job) + ".alert";
    }

    static List<String> outputs(Job job) {
        return List.of(cpu(job), memory(job), cpuAlert(job), memoryAlert(job));
    }

    /** Starts it; it routes what is in the job's topic and what comes, until it is closed. */
    public abstract AutoCloseable start(Job job) throws Exception;

    @Override
    public final void land(Job job) throws Exception {
        RoutingProbe.arm(job);
        try (AutoCloseable running = start(job)) {
            RoutingProbe.awaitVisible(job);
        }
    }
}
