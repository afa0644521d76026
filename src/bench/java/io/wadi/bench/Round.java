package io.wadi.bench;

import java.util.Properties;

/**
 * What one round of one subject came to.
 *
 * @param records how many it landed
 * @param seconds from the first fetched records to the last commit
 * @param cpuSeconds of its process in that time
 * @param peakHeapBytes the most that was in use after a garbage collection
 * @param liveHeapBytes what a full collection leaves at the end
 * @param allocatedBytes on the heap
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
