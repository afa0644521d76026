package io.wadi.kafka.streams;

import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;

/** Looks whether a topology does its work: whether it runs without trouble, and advances in what it reads. */
final class TopologyProbe implements Prober.Probe {
    private final RunningFlow flow;
    private final Prober.Probe advance;

    /** Takes the topology, and what is asked about it while it has no trouble. */
    TopologyProbe(RunningFlow flow, Prober.Probe advance) {
        this.flow = flow;
        this.advance = advance;
    }

    @Override
    public CheckResult look() throws InterruptedException {
        String trouble = flow.trouble();
        return trouble == null ? advance.look() : CheckResult.fault(trouble);
    }

    @Override
    public void close() {
        advance.close();
    }
}
