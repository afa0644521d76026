package io.wadi.ingest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Hands what other threads bring over to one thread, in order, and wakes it once for all that comes until it looks. */
final class LoopQueue<T> {
    private final Executor loop;
    private final Consumer<List<T>> taker;
    private List<T> waiting = new ArrayList<>(1);
    private boolean woken;

    /**
     * Takes the thread and what it does with what has come.
     *
     * @param loop runs what it is given one after the other
     */
    LoopQueue(Executor loop, Consumer<List<T>> taker) {
        this.loop = loop;
        this.taker = taker;
    }

    /** Brings something. From any thread. */
    void add(T element) {
        synchronized (this) {
            waiting.add(element);
            if (woken) {
                return;
            }
            woken = true;
        }
        loop.execute(this::take);
    }

    private void take() {
        List<T> taken;
        synchronized (this) {
            taken = waiting;
            waiting = new ArrayList<>();
            woken = false;
        }
        taker.accept(taken);
    }
}
