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
import java.util.concurrent.TimeUnit;

/**
 * A scheduler that runs several tasks step by step, one at a time, in an order determined by a seed. A task calls
 * {@link #pass()} where another one may run next.
 */
public final class Turns {
    private static final ThreadLocal<Semaphore> OWN = new ThreadLocal<>();

    private final Random random;
    private final ExecutorService threads;
    private final List<Semaphore> waiting = new ArrayList<>();
    private final Semaphore givenBack = new Semaphore(0);

    private Throwable failure;

    /**
     * Creates a scheduler.
     *
     * @param random the source of the order
     * @param threads the threads for the tasks: at least one for each task
     */
    public Turns(Random random, ExecutorService threads) {
        this.random = random;
        this.threads = threads;
    }

    /** Adds a task, which starts at its first turn. */
    public void add(Runnable task) {
        Semaphore turn = new Semaphore(0);
        waiting.add(turn);
        threads.execute(() -> execute(task, turn));
    }

    private void execute(Runnable task, Semaphore turn) {
        turn.acquireUninterruptibly();
        OWN.set(turn);
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            OWN.remove();
            waiting.remove(turn);
            givenBack.release();
        }
    }

    /** Runs all tasks until they have ended. */
    public void run() {
        while (!waiting.isEmpty()) {
            waiting.get(random.nextInt(waiting.size())).release();
            givenBack.acquireUninterruptibly();
        }
        if (failure != null) {
            throw new AssertionError("a task ended with " + failure, failure);
        }
    }

    /** Performs work synchronously. */
    static Future<?> atOnce(Callable<Void> work) {
        FutureTask<Void> task = new FutureTask<>(work);
        task.run();
        return task;
    }

    /**
     * Starts work as a task of its own. A task that waits for the work gets no turn until it is done. Outside a task,
     * the work is performed synchronously.
     */
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
        public Void get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException {
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

    /** Ends the turn of the calling task. Does nothing outside a task. */
    public void pass() {
        Semaphore turn = OWN.get();
        if (turn != null) {
            givenBack.release();
            turn.acquireUninterruptibly();
        }
    }
}
