package io.wadi.runtime.shutdown;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Handles SIGINT, SIGTERM and SIGHUP instead of the JVM. Shutdown hooks would not do: after them the exit code is 143,
 * and they do not hear of a second Ctrl-C. The compiler warns of sun.misc.Signal whatever one does, hence reflection.
 */
public final class Signals {
    private Signals() {}

    /** Runs the action at each of the three signals, on a thread of the JVM's own. One that is ignored stays ignored. */
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
            throw new IllegalStateException("This JVM does not let us handle signals", e);
        }
    }
}
