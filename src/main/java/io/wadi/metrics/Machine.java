package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import oshi.hardware.CentralProcessor.TickType;

/** The source of a machine's metrics. */
interface Machine {
    /** Returns the number of logical processors. */
    int cores();

    /** Returns the milliseconds that all cores have spent in each {@link TickType} since boot. */
    long[] cpuTicks();

    MemoryUsage memory();

    /** Returns the load averages; empty if the operating system has none, as on Windows. */
    Optional<LoadAverage> load();

    /** Returns the local file systems: each device once, and always the root file system. */
    List<FilesystemUsage> filesystems();

    /** Returns all interfaces that have an address, including the loopback interface. */
    List<NetworkTraffic> networks();

    /** Returns a new copy of Metricbeat's {@code host} object, which has at least the field {@code name}. */
    ObjectNode host();
}
