package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;
import java.util.concurrent.atomic.AtomicInteger;

/** A sink at an offset set by the test, without open records. */
final class IdleSink implements PartitionSink {
    long position;
    long safe = OwnedPartition.NONE;
    int abandoned;
    long gap = OwnedPartition.NONE;
    boolean follows;
    boolean full;
    boolean waiting;
    Runnable beforeTransaction = () -> {};
    final AtomicInteger ticks = new AtomicInteger();

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return safe;
    }

    @Override
    public boolean appliesBackpressure() {
        return full;
    }

    @Override
    public boolean isWaiting() {
        return waiting;
    }

    @Override
    public void beforeTransaction() {
        beforeTransaction.run();
    }

    @Override
    public void expired(long next) {
        position = next;
    }

    @Override
    public void nothingBefore(long next) {
        gap = next;
        position = follows ? next : position;
    }

    @Override
    public void tick() {
        ticks.incrementAndGet();
    }

    @Override
    public void finish() {
        // nothing is open
    }

    @Override
    public void abandon() {
        abandoned++;
    }
}
