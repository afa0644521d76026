package io.wadi.local.soak;

/**
 * What a process holds at a time; what is not known is NaN, as the heap of one that is frozen.
 *
 * @param second since the begin of the run
 * @param process its name, such as {@code landing-1}
 * @param life which start of it, from 1
 * @param heapMib of the heap in use
 * @param residentMib of memory
 * @param handles open files and connections
 * @param threads of the JVM
 */
record ProcessSample(
        double second, String process, int life, double heapMib, double residentMib, double handles, double threads) {}
