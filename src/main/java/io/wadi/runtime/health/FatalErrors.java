package io.wadi.runtime.health;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process after an {@code OutOfMemoryError} or another {@code VirtualMachineError}, since the state of its
 * threads may then be inconsistent. The process halts with {@link #EXIT_CODE} within a second, without shutdown hooks,
 * which is as safe as {@code kill -9}.
 *
 * <p>{@code -XX:+ExitOnOutOfMemoryError} does the same for errors that the JVM itself throws. This class covers other
 * errors, and processes without the option: errors that reach the top of a thread, that a library catches and only logs
 * (the filter of {@code logback.xml}), or that end a route or a connection. An allocation twice a second detects an
 * exhausted heap after errors that a library swallows.
 *
 * <p>A {@code StackOverflowError} caught below the top of its thread fails one request or record only, so that a
 * hostile document cannot end the process.
 *
 * <p>Without effect until {@link #install()}. Thread-safe.
 */
public final class FatalErrors {
    /** The exit code after a fatal error; the same as with {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int EXIT_CODE = 3;

    /** The beginning of the line that reports the cause on standard error. */
    public static final String PREFIX = "Fatal error";

    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);
    private static final long ALLOCATE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Just below half of G1's smallest region, so that it is not a humongous allocation. */
    private static final int ALLOCATED_BYTES = 500_000;

    private static final int MAX_CAUSES = 32;

    /** Allocated before memory is exhausted. */
    private static final byte[] WITHOUT_DETAILS = (PREFIX
                    + ": no memory is left for details; the process ends with exit code " + EXIT_CODE + "\n")
            .getBytes(StandardCharsets.US_ASCII);

    private static final FileOutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private static final AtomicBoolean INSTALLED = new AtomicBoolean();
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    private FatalErrors() {}

    /**
     * Starts to end this process on fatal errors. Sets the default handler of uncaught exceptions, which passes others
     * to the previous handler, and starts a daemon thread.
     */
    public static void install() {
        if (!INSTALLED.compareAndSet(false, true)) {
            return;
        }
        UncaughtExceptionHandler previous = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            endOnUncaught(thread, thrown);
            if (previous != null) {
                previous.uncaughtException(thread, thrown);
            } else {
                LOG.error("Thread {} ended with an uncaught exception", thread.getName(), thrown);
            }
        });
        Thread watch = new Thread(FatalErrors::watchMemory, "wadi-memory");
        watch.setDaemon(true);
        watch.start();
    }

    /**
     * Ends the process if a caught exception is or was caused by a {@code VirtualMachineError} other than a
     * {@code StackOverflowError}.
     *
     * @param caught may be null
     */
    public static void endOn(Throwable caught) {
        if (caught != null && INSTALLED.get()) {
            Throwable fatal = fatal(caught, false);
            if (fatal != null) {
                end(Thread.currentThread(), fatal);
            }
        }
    }

    /**
     * Ends the process if an exception that reached the top of a thread is or was caused by any
     * {@code VirtualMachineError}.
     */
    public static void endOnUncaught(Thread thread, Throwable thrown) {
        if (INSTALLED.get()) {
            Throwable fatal = fatal(thrown, true);
            if (fatal != null) {
                end(thread, fatal);
            }
        }
    }

    private static Throwable fatal(Throwable thrown, boolean orStackOverflow) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof VirtualMachineError && (orStackOverflow || !(cause instanceof StackOverflowError))) {
                return cause;
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static void watchMemory() {
        try {
            boolean wasEnding = false;
            while (canAllocate() && !wasEnding) {
                wasEnding = ENDING.get();
                LockSupport.parkNanos(ALLOCATE_EVERY_NANOS);
            }
            halt(); // The thread that ends the process is blocked, for example in a write to a full pipe.
        } catch (VirtualMachineError e) {
            end(Thread.currentThread(), e);
        }
    }

    /** Throws an {@code OutOfMemoryError} if the heap is exhausted. */
    private static boolean canAllocate() {
        return new byte[ALLOCATED_BYTES].length == ALLOCATED_BYTES;
    }

    private static void end(Thread thread, Throwable fatal) {
        try {
            if (ENDING.compareAndSet(false, true)) {
                print(thread, fatal);
            } else {
                LockSupport.parkNanos(ALLOCATE_EVERY_NANOS); // Another thread is ending the process.
            }
        } finally {
            halt();
        }
    }

    private static void print(Thread thread, Throwable fatal) {
        try {
            STANDARD_ERROR.write("%s in thread %s: %s; the process ends with exit code %d%n"
                    .formatted(PREFIX, thread.getName(), fatal, EXIT_CODE)
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException | VirtualMachineError e) {
            printWithoutDetails();
        }
    }

    private static void printWithoutDetails() {
        try {
            STANDARD_ERROR.write(WITHOUT_DETAILS);
        } catch (IOException e) {
            halt(); // Nothing can be printed: only the exit code reports the error.
        }
    }

    private static void halt() {
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
