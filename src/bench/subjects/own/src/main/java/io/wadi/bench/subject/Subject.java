package io.wadi.bench.subject;

/** A subject that lands a topic in HDFS. */
public interface Subject {

    /**
     * Writes the records of the job's topic; returns when all of them are visible, their offsets are committed and
     * everything is closed. Its consumers have {@link Probe} as their interceptor. Called twice in a JVM: for the
     * warm-up and for the measurement.
     */
    void land(Job job) throws Exception;
}
