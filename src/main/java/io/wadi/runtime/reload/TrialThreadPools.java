package io.wadi.runtime.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * The thread pools of steps, such as a parallel {@code split}, that Camel creates with the routes of a trial. Camel
 * would end them only when it stops the routes, which are never started. Trials run one at a time; pools that other
 * threads create meanwhile are not of a trial.
 */
final class TrialThreadPools extends LifecycleStrategySupport {
    private final List<ThreadPoolExecutor> pools = new ArrayList<>();
    private volatile Thread trial;

    /** Begins a trial in this thread. */
    void begin() {
        trial = Thread.currentThread();
    }

    /** Ends the trial and its thread pools. */
    void end(CamelContext context) {
        trial = null;
        pools.forEach(context.getExecutorServiceManager()::shutdownNow);
        pools.clear();
    }

    /** Pools without a route belong to components, which remain. */
    @Override
    public void onThreadPoolAdd(
            CamelContext context, ThreadPoolExecutor pool, String id, String source, String route, String profile) {
        if (Thread.currentThread() == trial && route != null) {
            pools.add(pool);
        }
    }
}
