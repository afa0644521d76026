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
 * The end of a process whose JVM can no longer be relied on: after an {@code OutOfMemoryError} or another
 * {@code VirtualMachineError} no thread can be trusted to have kept its state. The process halts with {@link #EXIT_CODE}
 * within a second, without a shutdown hook, which is as safe as {@code kill -9}.
 *
 * <p>{@code -XX:+ExitOnOutOfMemoryError} does the same for what the JVM itself throws. This class covers the rest, and
 * processes that were started without the option: errors that reach the top of a thread, that a library catches and only
 * logs ({@link FatalErrorFilter}), or that a route or a connection ended with. Errors that a library swallows are found by an
 * allocation twice a second, which fails where the heap is still exhausted.
 *
 * <p>A {@code StackOverflowError} that was caught below the top of its thread has ended with the frames that were unwound. It
 * fails one request or record, so that a hostile document cannot end the process.
 *
 * <p>Without effect until {@link #install()}. Thread-safe.
 */
public final class FatalErrors {
    /** Equals that of {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int EXIT_CODE = 3;

    /** How each line on standard error begins that says why the process ended. */
    public static final String FIRST_WORDS = "Fatal error";

    private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);
    private static final long ALLOCATE_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Just below half of the smallest region of G1, so that it is not allocated apart. */
    private static final int ALLOCATED_BYTES = 500_000;

    private static final int MAX_CAUSES = 32;

    /** Made before memory is short. */
    private static final byte[] WITHOUT_DETAILS = (FIRST_WORDS
                    + ": no memory is left to say which; the process ends with exit code " + EXIT_CODE + "\n")
            .getBytes(StandardCharsets.US_ASCII);

    private static final FileOutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private static final AtomicBoolean INSTALLED = new AtomicBoolean();
    private static final AtomicBoolean ENDING = new AtomicBoolean();

    private FatalErrors() {}

    /**
     * Ends this process at fatal errors from now on. Sets the default handler of uncaught exceptions, which passes on to the
     * previous one what is not fatal, and starts a daemon thread.
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
     * Ends the process where something that was caught is or was caused by a {@code VirtualMachineError} other than a
     * {@code StackOverflowError}; else returns.
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

    /** Ends the process where what reached the top of a thread is or was caused by any {@code VirtualMachineError}; else returns. */
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
            halt(); // The thread that ends the process hangs, such as in a write that nobody reads.
        } catch (VirtualMachineError e) {
            end(Thread.currentThread(), e);
        }
    }

    /** Throws an {@code OutOfMemoryError} where it cannot. */
    private static boolean canAllocate() {
        return new byte[ALLOCATED_BYTES].length == ALLOCATED_BYTES;
    }

    private static void end(Thread thread, Throwable fatal) {
        try {
            if (ENDING.compareAndSet(false, true)) {
                say(thread, fatal);
            } else {
                LockSupport.parkNanos(ALLOCATE_EVERY_NANOS); // Another thread is at it; this one does no more.
            }
        } finally {
            halt();
        }
    }

    private static void say(Thread thread, Throwable fatal) {
        try {
            STANDARD_ERROR.write("%s in thread %s: %s; the process ends with exit code %d%n"
                    .formatted(FIRST_WORDS, thread.getName(), fatal, EXIT_CODE)
                    .getBytes(StandardCharsets.UTF_8));
        } catch (IOException | VirtualMachineError e) {
            sayWithoutDetails();
        }
    }

    private static void sayWithoutDetails() {
        try {
            STANDARD_ERROR.write(WITHOUT_DETAILS);
        } catch (IOException e) {
            halt(); // The exit code says it.
        }
    }

    private static void halt() {
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
