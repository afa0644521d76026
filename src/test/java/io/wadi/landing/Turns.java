package io.wadi.landing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/**
 * Lets several lives run step by step, one at a time, in an order that a seed decides: the same seed, the same order. Each
 * life calls {@link #pass()} where another may run next.
 */
public final class Turns {
    private static final ThreadLocal<Semaphore> OWN = new ThreadLocal<>();

    private final Random random;
    private final ExecutorService threads;
    private final List<Semaphore> waiting = new ArrayList<>();
    private final Semaphore givenBack = new Semaphore(0);

    private Throwable failure;

    /** Takes the threads that lives run on: as many at once as there are lives. */
    public Turns(Random random, ExecutorService threads) {
        this.random = random;
        this.threads = threads;
    }

    /** Adds a life that has not begun. */
    public void add(Runnable life) {
        Semaphore turn = new Semaphore(0);
        waiting.add(turn);
        threads.execute(() -> live(life, turn));
    }

    private void live(Runnable life, Semaphore turn) {
        turn.acquireUninterruptibly();
        OWN.set(turn);
        try {
            life.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            OWN.remove();
            waiting.remove(turn);
            givenBack.release();
        }
    }

    /** Runs all lives to their ends. */
    public void run() {
        while (!waiting.isEmpty()) {
            waiting.get(random.nextInt(waiting.size())).release();
            givenBack.acquireUninterruptibly();
        }
        if (failure != null) {
            throw new AssertionError("a life ended with " + failure, failure);
        }
    }

    /** Does work at once. */
    static Future<?> atOnce(Callable<Void> work) {
        FutureTask<Void> task = new FutureTask<>(work);
        task.run();
        return task;
    }

    /** Gives work a life of its own; a life that waits for it gets no turn until it is done. Outside a life it is done at once. */
    Future<?> begin(Callable<Void> work) {
        if (OWN.get() == null) {
            return atOnce(work);
        }
        Work begun = new Work(work);
        add(begun);
        return begun;
    }

    private final class Work extends FutureTask<Void> {
        private final List<Semaphore> waiters = new ArrayList<>();

        Work(Callable<Void> work) {
            super(work);
        }

        @Override
        public Void get() throws InterruptedException, ExecutionException {
            if (!isDone()) {
                Semaphore turn = OWN.get();
                waiting.remove(turn);
                waiters.add(turn);
                pass();
            }
            return super.get();
        }

        @Override
        protected void done() {
            waiting.addAll(waiters);
        }
    }

    /** Called within a life: the next life continues. Does nothing elsewhere. */
    public void pass() {
        Semaphore turn = OWN.get();
        if (turn != null) {
            givenBack.release();
            turn.acquireUninterruptibly();
        }
    }
}
