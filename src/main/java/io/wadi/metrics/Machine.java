package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import oshi.hardware.CentralProcessor.TickType;

/** The machine whose cpu and memory are measured. */
interface Machine {
    /** Logical processors. */
    int cores();

    /** Milliseconds that all cores together have spent in each {@link TickType} since the machine's start. */
    long[] cpuTicks();

    MemoryUsage memory();

    /** Who the machine is, as Metricbeat's {@code host} object; has {@code name}. The caller may change the object. */
    ObjectNode host();
}
