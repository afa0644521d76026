package io.wadi.bench;

import java.util.Properties;

/**
 * The result of one round of one subject.
 *
 * @param records the number of landed records
 * @param seconds the time from the first fetched records to the last commit
 * @param cpuSeconds CPU time of the subject's process in that time
 * @param peakHeapBytes maximum heap in use after a garbage collection
 * @param liveHeapBytes heap in use after a full collection at the end
 * @param allocatedBytes bytes allocated on the heap
 * @param files number of files afterwards
 */
record Round(
        long records,
        double seconds,
        double cpuSeconds,
        long peakHeapBytes,
        long liveHeapBytes,
        long allocatedBytes,
        int files) {

    static Round of(LandingCase landed, Properties result, int files) {
        return new Round(
                landed.records(),
                Double.parseDouble(result.getProperty("seconds")),
                Double.parseDouble(result.getProperty("cpu-seconds")),
                Long.parseLong(result.getProperty("peak-heap-bytes")),
                Long.parseLong(result.getProperty("live-heap-bytes")),
                Long.parseLong(result.getProperty("allocated-bytes")),
                files);
    }

    double rate() {
        return records / seconds;
    }

    double cpuMicros() {
        return cpuSeconds * 1e6 / records;
    }

    double peakHeapMib() {
        return peakHeapBytes / (double) (1 << 20);
    }

    double liveHeapMib() {
        return liveHeapBytes / (double) (1 << 20);
    }

    double allocatedPerRecord() {
        return allocatedBytes / (double) records;
    }
}
