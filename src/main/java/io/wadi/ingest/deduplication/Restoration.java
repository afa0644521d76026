package io.wadi.ingest.deduplication;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import org.apache.kafka.common.KafkaException;

/**
 * The restoration of first events on another thread. {@link #cancel} closes them unless they were taken. Thread-safe.
 */
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
        } catch (Exception e) { // whatever the cause, take() throws it to the partition's consumer
            done(null, e);
        } catch (LinkageError | AssertionError e) { // otherwise the partition would wait forever
            done(null, new KafkaException(e));
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

    /**
     * Returns the restored first events, once; null if they are not restored yet or were taken before.
     *
     * @throws Exception if the restoration failed
     */
    synchronized FirstEvents take() throws Exception {
        if (failure != null) {
            throw failure;
        }
        FirstEvents taken = restored;
        restored = null;
        return taken;
    }

    /** Cancels the restoration and closes the restored first events unless they were taken. */
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
