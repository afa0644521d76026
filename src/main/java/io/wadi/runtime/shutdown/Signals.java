package io.wadi.runtime.shutdown;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Handles SIGINT, SIGTERM and SIGHUP instead of the JVM. With a shutdown hook, the exit code after SIGTERM would be
 * 143, and a second Ctrl-C would have no effect. It uses reflection, since the compiler always warns about
 * sun.misc.Signal.
 */
public final class Signals {
    private Signals() {}

    /** Runs the action at each of the three signals, on a thread of the JVM. An ignored signal stays ignored. */
    public static void onStop(Runnable action) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run = MethodHandles.lookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(action);
            Object instance =
                    MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
            MethodHandle create = lookup.findConstructor(signal, MethodType.methodType(void.class, String.class));
            MethodHandle handle = lookup.findStatic(signal, "handle", MethodType.methodType(handler, signal, handler));
            for (String name : List.of("INT", "TERM", "HUP")) {
                handle.invoke(create.invoke(name), instance);
            }
        } catch (Throwable e) {
            throw new IllegalStateException("This JVM does not support signal handlers", e);
        }
    }
}
