package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import oshi.hardware.CentralProcessor.TickType;

/** The machine that is measured. */
interface Machine {
    /** Logical processors. */
    int cores();

    /** Milliseconds that all cores together have spent in each {@link TickType} since the machine's start. */
    long[] cpuTicks();

    MemoryUsage memory();

    /** Empty where the operating system has none, as Windows. */
    Optional<LoadAverage> load();

    /** Local file systems on devices, each device once, and the root in any case. */
    List<FilesystemUsage> filesystems();

    /** All interfaces that have an address, the loopback too. */
    List<NetworkTraffic> networks();

    /** Who the machine is, as Metricbeat's {@code host} object; has {@code name}. The caller may change the object. */
    ObjectNode host();
}
