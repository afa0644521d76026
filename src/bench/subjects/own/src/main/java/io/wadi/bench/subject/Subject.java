package io.wadi.bench.subject;

/** A way of landing a topic in HDFS. */
public interface Subject {

    /**
     * Writes the records in the job's topic, and returns when all of them are visible and their offsets
     * committed, with everything closed. Its consumers carry {@link Probe} as their interceptor. Called twice in a JVM: for
     * the warm-up and for what is measured.
     */
    void land(Job job) throws Exception;
}
