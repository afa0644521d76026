package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import oshi.hardware.CentralProcessor.TickType;

/** Access to the machine's metrics. */
interface Machine {
    /** Logical processors. */
    int cores();

    /** Milliseconds spent by all cores in each {@link TickType} since boot. */
    long[] cpuTicks();

    MemoryUsage memory();

    /** Empty if the operating system reports none, such as Windows. */
    Optional<LoadAverage> load();

    /** The local file systems, each device once, and always the root. */
    List<FilesystemUsage> filesystems();

    /** All interfaces with an address, including the loopback. */
    List<NetworkTraffic> networks();

    /** A new copy of Metricbeat's {@code host} object, with at least {@code name}. */
    ObjectNode host();
}
