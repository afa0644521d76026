package io.wadi.local.soak;

/**
 * The resource use of a process at one time; unknown values, such as the heap of a frozen process, are NaN.
 *
 * @param second seconds since the start of the run
 * @param process the name of the process, such as {@code landing-1}
 * @param life the number of its start, from 1
 * @param heapMib used heap
 * @param residentMib resident memory
 * @param handles open files and connections
 */
record ProcessSample(
        double second, String process, int life, double heapMib, double residentMib, double handles, double threads) {}
