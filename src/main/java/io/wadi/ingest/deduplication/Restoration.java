package io.wadi.ingest.deduplication;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;

/** The restoration of a state on another thread. A state that is not taken is closed. Thread-safe. */
final class Restoration implements Runnable {
    private final Callable<FirstEvents> read;
    private Thread thread;
    private FirstEvents restored;
    private Exception failure;
    private boolean isCanceled;

    Restoration(Callable<FirstEvents> read) {
        this.read = read;
    }

    static Restoration start(Callable<FirstEvents> read, Executor executor) {
        Restoration started = new Restoration(read);
        executor.execute(started);
        return started;
    }

    @Override
    public void run() {
        synchronized (this) {
            if (isCanceled) {
                return;
            }
            thread = Thread.currentThread();
        }
        try {
            done(read.call(), null);
        } catch (Exception e) { // whatever it is, the partition's consumer reports it
            done(null, e);
        }
    }

    private synchronized void done(FirstEvents state, Exception cause) {
        thread = null;
        restored = state;
        failure = cause;
        if (isCanceled) {
            discard();
        }
    }

    /** Returns the restored state, once; null if it is not restored yet, or was taken before. */
    synchronized FirstEvents take() throws Exception {
        if (failure != null) {
            throw failure;
        }
        FirstEvents taken = restored;
        restored = null;
        return taken;
    }

    /** Ends the restoration, and discards its state unless it was taken. */
    synchronized void cancel() {
        isCanceled = true;
        if (thread != null) {
            thread.interrupt();
        }
        discard();
    }

    private void discard() {
        if (restored != null) {
            restored.close();
            restored = null;
        }
    }
}
